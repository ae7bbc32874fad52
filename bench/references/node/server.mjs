// socket.io on Node, everything in memory: no disk, no checks. It joins, keeps what it is sent, acks, and opens a step.

import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { Server } from "socket.io";

const [port, folder] = process.argv.slice(2);
const step = JSON.parse(readFileSync(`${folder}/step.json`, "utf8"));
const http = createServer();
const io = new Server(http, { cors: { origin: "*" } });
const responses = new Map();

io.on("connection", (socket) => {
  const { seat, lang } = socket.handshake.auth;
  socket.on("watch", (ack) => {
    socket.join(lang);
    ack({ ok: true, revision: 1, fragments: { step: step[lang] } });
  });
  socket.on("respond", (message, ack) => {
    responses.set(`${seat} ${message.exercise}`, message);
    ack({ ok: true, status: "received", n: message.n });
  });
  // One emit for each language, of the bytes that Cyd sends.
  socket.on("open", (ack) => {
    for (const lang of ["cy", "en"]) io.to(lang).emit("frame", { revision: 2, now: 0, fragments: { step: step[lang] } });
    ack({ ok: true });
  });
});

http.listen(Number(port), "127.0.0.1", 2048, () => console.log("ready"));
