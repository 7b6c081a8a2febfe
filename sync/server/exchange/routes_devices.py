"""What tills ask for: enrolment, pushes, pulls, their own entries and the repair of a history that differs."""

from litestar import Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, RawBody

from sync.protocol.batch import Batch, read_batch
from sync.protocol.messages import (
    ACK,
    ENROL,
    KEPT,
    PAGE,
    PROPOSALS,
    REPAIR,
    Ack,
    EnrolRequest,
    Proposals,
    RepairRequest,
)
from sync.protocol.problems import ExchangeProblem
from sync.protocol.request import Credentials, check_request, credentials
from sync.protocol.wire import inflate, unpack
from sync.server.centre import Centre, Device
from sync.server.database.dialect import reading, writing
from sync.server.exchange import asking
from sync.server.exchange.announcing import TOLD_TO_ALL, is_outdated
from sync.server.exchange.answers import sealed
from sync.server.exchange.asking import AnyRequest, address_of, path_of, permitted, protocol_of, signed
from sync.server.exchange.enrolment import enrol
from sync.server.exchange.epochs import read_kept
from sync.server.exchange.feeds import read_page
from sync.server.exchange.ingest import asks_only, make_ack, mark_fork, take_batch
from sync.server.exchange.proposals import take as take_proposals
from sync.server.exchange.repairs import ask_repair


@post("/v1/enrol", sync_to_thread=True, status_code=200)
def post_enrol(request: AnyRequest, state: State, body: RawBody) -> Response[bytes]:
    """Bind a till's key to the till that its code is for."""
    asking.limit(state.strangers, address_of(request))
    claim = credentials(request.headers)
    message = unpack(body, EnrolRequest)
    check_request(message.public_key, claim, "POST", path_of(request), body)
    centre: Centre = state.centre
    with writing(centre.engine) as db:
        answer = enrol(centre, db, message, claim.nonce)
    return sealed(centre.ring.of(answer.centre_key), ENROL, answer)


@post("/v1/devices/{device:str}/entries", sync_to_thread=True, status_code=200)
def post_entries(request: AnyRequest, state: State, device: FromPath[str], body: RawBody) -> Response[bytes]:
    """Take in a batch; the answer is the signed ack."""
    centre: Centre = state.centre
    claim = signed(request, state, body)
    batch = read_batch(body)
    try:
        found, ack = _take(centre, device, batch, claim)
    except ExchangeProblem as error:
        if error.name == "fork":
            with writing(centre.engine) as db:
                mark_fork(centre, db, device)
        raise
    return sealed(centre.signer(found, claim), ACK, ack)


def _take(centre: Centre, device: str, batch: Batch, claim: Credentials) -> tuple[Device, Ack]:
    if not batch.entries:
        with reading(centre.engine) as db:
            found = permitted(centre, db, claim, device)
            centre.ring.refresh(db, found.centre_keys)
            if asks_only(centre, found, batch, claim.time):
                return found, make_ack(centre, db, found, claim.nonce, claim.centre_key)
    with writing(centre.engine) as db:
        found = permitted(centre, db, claim, device, lock=True)
        centre.ring.refresh(db, found.centre_keys)
        taken = take_batch(centre, db, found, batch, claim.time)
        return found, make_ack(centre, db, taken.device, claim.nonce, claim.centre_key)


@get("/v1/devices/{device:str}/entries", sync_to_thread=True)
def get_entries(
    request: AnyRequest, state: State, device: FromPath[str], after: FromQuery[int] = 0, limit: FromQuery[int] = 0
) -> Response[bytes]:
    """The till's own entries as the centre keeps them."""
    claim = signed(request, state, b"")
    centre: Centre = state.centre
    with reading(centre.engine) as db:
        found = permitted(centre, db, claim, device)
        kept = read_kept(db, found, after, limit, claim.nonce)
    return sealed(centre.signer(found, claim), KEPT, kept)


@post("/v1/devices/{device:str}/repair", sync_to_thread=True, status_code=200)
def post_repair(request: AnyRequest, state: State, device: FromPath[str], body: RawBody) -> Response[bytes]:
    """Ask for a new epoch, or what became of having asked."""
    claim = signed(request, state, body)
    message = unpack(inflate(body), RepairRequest)
    centre: Centre = state.centre
    with writing(centre.engine) as db:
        found = permitted(centre, db, claim, device, lock=True)
        repair = ask_repair(centre, db, found, message, claim.nonce)
    return sealed(centre.signer(found, claim), REPAIR, repair)


@post("/v1/devices/{device:str}/proposals", sync_to_thread=True, status_code=200)
def post_proposals(request: AnyRequest, state: State, device: FromPath[str], body: RawBody) -> Response[bytes]:
    """Take in producers and goods that the till registered, for an officer to confirm."""
    claim = signed(request, state, body)
    message = unpack(inflate(body), Proposals)
    centre: Centre = state.centre
    with writing(centre.engine) as db:
        found = permitted(centre, db, claim, device, lock=True)
        answer = take_proposals(centre, db, found, message, claim.nonce)
    return sealed(centre.signer(found, claim), PROPOSALS, answer)


@get("/v1/devices/{device:str}/pull/{feed:str}", sync_to_thread=True)
def get_page(
    request: AnyRequest, state: State, device: FromPath[str], feed: FromPath[str], after: FromQuery[str] = ""
) -> Response[bytes]:
    """One page of a feed."""
    claim = signed(request, state, b"")
    if protocol_of(request) < state.oldest_pull:
        raise ExchangeProblem("outdated", "This program is too old to pull; selling and pushing go on")
    centre: Centre = state.centre
    with reading(centre.engine) as db:
        found = permitted(centre, db, claim, device)
        if feed not in TOLD_TO_ALL and is_outdated(db, found):
            raise ExchangeProblem("outdated", "The centre asks for a newer program; selling and pushing go on")
        page = read_page(centre, db, found, feed, after, claim.nonce)
    return sealed(centre.signer(found, claim), PAGE, page)
