"""What of a write-up its readers may have: a record of it holds every value, so what no chapter shows is not there."""

from dataclasses import replace

from workshop import kinds
from workshop.report.edits import comment
from workshop.report.value import Report, Section
from workshop.text import Text


def only_shown(report: Report) -> Report:
    """Without what stands in no chapter that is shown."""
    shown = set(report.chapters)
    told = {section.exercise.id for section in report.sections if section.told and section.chapter in shown}
    places = shown | {f"exercise:{id}" for id in told}
    in_one_page = "summary" in shown
    report = replace(report, sections=tuple(_shown(section, shown) for section in report.sections))
    return _planned(
        replace(
            report,
            purpose=report.purpose if in_one_page else Text(),
            findings=report.findings if in_one_page else (),
            actions=report.actions if in_one_page else (),
            perspectives=report.perspectives if shown & {"summary", "people"} else (),
            organisations=report.organisations if "people" in shown else Text(),
            questions=report.questions if "questions" in shown else Text(),
            next=report.next if "next" in shown else Text(),
            comments={field: text for field, text in report.comments.items() if field in map(comment, told)},
            photos=tuple(picture for picture in report.photos if picture.photo.chapter in places),
        )
    )


def _planned(report: Report) -> Report:
    """What is not told of keeps the words of its author only."""
    sections = tuple(section if section.tally is not None else _bare(section) for section in report.sections)
    agenda = tuple(section.exercise for section in sections)
    return replace(report, sections=sections, workshop=report.workshop.model_copy(update={"agenda": agenda}))


def _bare(section: Section) -> Section:
    content = kinds.planned(section.exercise.kind, section.exercise.content)
    return replace(section, exercise=section.exercise.model_copy(update={"content": content}))


def _shown(section: Section, chapters: set[str]) -> Section:
    if not section.asked or section.tally is None:
        return section
    tally = section.tally if "annex" in chapters else kinds.without_annex(section.exercise.kind, section.tally)
    section = replace(section, tally=tally)
    if "perspectives" not in chapters:
        section = replace(section, comparison=None, differences=())
    if section.chapter in chapters:
        return section
    annexed = "annex" in chapters and section.annexed
    return replace(section, study=None, quotes=(), findings=(), tally=tally if annexed else None)
