"""A picture has a process and limits of its own: whatever it does, it does to nobody else."""

import io
import subprocess
import sys
import zlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from subprocess import CalledProcessError
from time import sleep

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from structlog.testing import capture_logs

from suyuan.kit import BusyError
from suyuan.model import PUBLIC, Viewer
from suyuan.pictures import Found, PictureError, PictureLimits, read_picture
from suyuan.pictures.types import OutOfTimeError, too_long
from suyuan.service import OPERATOR, Platform, read, reading
from suyuan.service.reading import read_apart, read_in_turn

TEXT = "https://id.gs1.org/01/06901234567892"
FORM = b"<</XObject<</X 5 0 R>>>>"
PAGE = (
    b"<</Type/Catalog/Pages 2 0 R>>",
    b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources%s>>" % FORM,
)


def pdf(*objects: bytes) -> bytes:
    """Without a table of places: readers find the objects by themselves."""
    numbered = (b"%d 0 obj\n%s\nendobj\n" % each for each in enumerate(objects, start=1))
    return b"%PDF-1.7\n" + b"".join(numbered) + b"trailer\n<</Root 1 0 R>>\n%%EOF"


def stream(members: bytes, content: bytes) -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (members, len(content), content)


def nested(levels: int, times: int) -> bytes:
    """A page whose form is drawn so many times within each of so many forms."""
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 300 300]"
    inner = [
        stream(form + b"/Resources<</XObject<</X %d 0 R>>>>" % (6 + level), b"/X Do " * times)
        for level in range(levels)
    ]
    return pdf(*PAGE, stream(b"", b"/X Do "), *inner, stream(form, b"0 0 9 9 re f " * times))


def with_image(side: int) -> bytes:
    image = b"/Type/XObject/Subtype/Image/ColorSpace/DeviceGray/BitsPerComponent 8"
    image += b"/Width %d/Height %d/Filter[/FlateDecode/FlateDecode]" % (side, side)
    packed = zlib.compress(zlib.compress(bytes(side * side), 9), 9)
    return pdf(*PAGE, stream(b"", b"300 0 0 300 0 0 cm /X Do "), stream(image, packed))


def blank(pages: int, wide: int = 595, high: int = 842) -> bytes:
    document, file = pypdfium2.PdfDocument.new(), io.BytesIO()
    for _ in range(pages):
        document.new_page(wide, high)
    document.save(file)
    document.close()
    return file.getvalue()


def photo() -> bytes:
    made = zxingcpp.create_barcode(TEXT, zxingcpp.BarcodeFormat.QRCode)
    view, file = memoryview(made.to_image(scale=4)), io.BytesIO()
    Image.frombytes("L", view.shape[::-1], view.tobytes()).save(file, "PNG")
    return file.getvalue()


def refused(data: bytes, **limits: float) -> tuple[str, int]:
    with pytest.raises(PictureError) as caught:
        read_apart(data, PictureLimits(**limits))
    assert caught.value.text.zh != caught.value.text.en
    return caught.value.code, caught.value.status


def test_a_picture_read_apart_gives_what_it_gives_here() -> None:
    assert [each.text for each in read_apart(photo())] == [TEXT]
    for data in (photo(), nested(1, 1), blank(2)):
        assert read_apart(data) == read_picture(data)
    for data in (b"", b"x", photo()[:90], b"%PDF-1.7 and nothing"):
        with pytest.raises(PictureError) as here:
            read_picture(data)
        assert refused(data) == (here.value.code, here.value.status)


@pytest.mark.skipif(sys.platform == "darwin", reason="not on this system: no limit of memory")
@pytest.mark.parametrize("bomb", [nested(9, 10), nested(40, 2)])
def test_a_small_pdf_that_unpacks_without_end_ends_at_its_limit_of_memory(bomb: bytes) -> None:
    assert len(bomb) < 8_000
    code, ours, childs = taken_by(bomb, memory=400 << 20)
    assert code == "picture.too-much"
    assert ours < 10 << 10
    assert childs <= 400 << 10


@pytest.mark.skipif(sys.platform == "darwin", reason="not on this system: no limit of memory")
def test_a_picture_inside_a_pdf_takes_no_more_than_the_limit_either() -> None:
    bomb = with_image(15_000)
    assert len(bomb) < 3_000
    code, _, childs = taken_by(bomb, memory=300 << 20)
    assert code != "some"
    assert childs <= 300 << 10


MEASURED = """
import resource, sys
from suyuan.pictures import PictureError, PictureLimits
from suyuan.service.reading import read_apart

def peak():
    status = open("/proc/self/status").read()
    return int(status.partition("VmHWM:")[2].split()[0])

data, before = sys.stdin.buffer.read(), peak()
try:
    code = "some" if read_apart(data, PictureLimits(memory=int(sys.argv[1]))) else "none"
except PictureError as error:
    code = error.code
print(code, peak() - before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def taken_by(data: bytes, *, memory: int) -> tuple[str, int, int]:
    """What becomes of a picture, and how many KiB it takes at most of its reader and of its child.

    In a process of its own: a child is counted with all that its parent has as it starts it, and
    that of these tests may have more than any limit.
    """
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(memory)], input=data, capture_output=True, check=True
    )
    code, ours, childs = done.stdout.split()
    return code.decode(), int(ours), int(childs)


def test_a_picture_has_so_many_seconds_of_a_processor_and_so_many_of_a_clock() -> None:
    assert refused(checkerboard(4_000), processor=1) == ("picture.too-much", 413)
    assert refused(photo(), wall=0.001) == ("picture.too-much", 413)


def test_pages_with_nothing_on_them_take_no_time_to_look_through() -> None:
    assert read_apart(blank(20, 14_400, 14_400), PictureLimits(processor=6)) == ()


def checkerboard(side: int) -> bytes:
    """What a reader of codes takes longest for: every place may be the corner of one."""
    rows = b"".join((b"\x55", b"\xaa")[at % 2] * (side // 8) for at in range(side))
    file = io.BytesIO()
    Image.frombytes("1", (side, side), rows).save(file, "PNG")
    return file.getvalue()


def test_while_hard_pictures_are_read_for_many_an_easy_one_is_read() -> None:
    hard = checkerboard(7_000)
    assert len(hard) < 100_000
    callers = [f"198.51.100.{at // 3}" for at in range(6)]  # three from each of two addresses
    limits = PictureLimits(processor=4)
    with ThreadPoolExecutor(6) as pool:
        reading_hard = [pool.submit(read_in_turn, hard, limits, each) for each in callers]
        sleep(1)  # they are at it
        assert [each.text for each in read_in_turn(photo(), limits, "203.0.113.1")] == [TEXT]
        ended = [each.exception() for each in reading_hard]
    kinds = Counter(type(each) for each in ended)
    assert set(kinds) <= {OutOfTimeError, BusyError}
    assert kinds[BusyError] >= 2  # of three from one address one is read, one waits


def test_a_picture_that_takes_longer_than_the_quick_lane_is_read_in_the_slow_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "_AT_FIRST_WALL", 0.001)
    assert [each.text for each in read_in_turn(photo(), PictureLimits(), "")] == [TEXT]


@pytest.mark.parametrize(("viewer", "seconds"), [(PUBLIC, 8), (OPERATOR, 15)])
def test_who_is_nobody_that_we_know_has_less_time(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, viewer: Viewer, seconds: int
) -> None:
    given = []

    def refuse(_data: bytes, limits: PictureLimits) -> tuple[Found, ...]:
        given.append(limits.processor)
        raise too_long()

    monkeypatch.setattr(reading, "read_apart", refuse)
    with pytest.raises(PictureError):
        read(platform, b"x", viewer)
    assert given == [2, seconds]


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("SIGSEGV", "picture.broken"),
        ("SIGBUS", "picture.broken"),
        ("SIGABRT", "picture.too-much"),
        ("SIGKILL", "picture.too-much"),
        ("SIGXCPU", "picture.too-much"),
    ],
)
def test_however_the_child_dies_the_sender_is_told(
    monkeypatch: pytest.MonkeyPatch, end: str, code: str
) -> None:
    dying = f"import os, signal; os.kill(os.getpid(), signal.{end})"
    monkeypatch.setattr(reading, "_CHILD", (sys.executable, "-c", dying))
    assert refused(bytes(1 << 20))[0] == code


def test_a_fault_of_ours_in_the_child_is_a_fault_and_no_refusal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failing = "from suyuan.pictures import child; child.read_picture = None; child.main()"
    monkeypatch.setattr(reading, "_CHILD", (sys.executable, "-c", failing))
    with capture_logs() as logs, pytest.raises(RuntimeError, match="TypeError"):
        read_apart(photo())
    assert [(each["event"], each["error"]) for each in logs] == [("picture.failed", "TypeError")]
    monkeypatch.setattr(reading, "_CHILD", (sys.executable, "-c", "raise SystemExit(3)"))
    with pytest.raises(CalledProcessError):
        read_apart(photo())
