// Renews the board while somebody may look at it, without taking focus or the place on the page away.
const board = document.getElementById("papan");
async function renew() {
  if (document.hidden || board.contains(document.activeElement)) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html", "X-Pojok-Anew": "1" } });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("papan");
    const frames = [...board.querySelectorAll(".frame")].map((frame) => frame.scrollLeft);
    if (fresh) board.replaceChildren(...fresh.childNodes);
    board.querySelectorAll(".frame").forEach((frame, place) => { frame.scrollLeft = frames[place] || 0; });
  } catch { /* the next minute tries again */ }
}
if (board) setInterval(renew, Number(board.dataset.anew) * 1000);
