"""Who may read and write a ledger still may after a note, and nobody else."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import traceback
from typing import TYPE_CHECKING

import pytest

from beancount_dunning.basics.files import write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Users and groups are numbers; nobody needs to know their names.
ALICE, BOB, CAROL, DAVE = 62_001, 62_002, 62_003, 62_004
BOOKS, STAFF = 62_010, 62_011
OLD, NEW = b"old\n", b"old\nnew\n"


def as_user(do: Callable[[], object], user: int, *groups: int) -> str:
    """Do something as another user, in a process of its own; return what went wrong."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:  # pragma: no cover - not in this process
        try:
            os.setgroups(groups)
            os.setgid(user)
            os.setuid(user)
            do()
        except OSError as error:
            os.write(writing, (error.strerror or str(error)).encode())
        except BaseException:  # noqa: BLE001 - the test is to see it
            os.write(writing, traceback.format_exc().encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as told:
        return told.read()


def rights(path: Path) -> tuple[int, int, int, dict[str, bytes]]:
    found = path.stat()
    names = {name: os.getxattr(path, name) for name in os.listxattr(path)}
    return found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode), names


@pytest.fixture
def folder(shared: Path) -> Path:
    """A folder of a group, like those that its members share."""
    path = shared / "books"
    path.mkdir()
    os.chown(path, ALICE, BOOKS)
    path.chmod(0o2770)
    shared.chmod(0o755)
    return path


@pytest.fixture
def books(folder: Path) -> Path:
    path = folder / "books.beancount"
    path.write_bytes(OLD)
    os.chown(path, ALICE, BOOKS)
    path.chmod(0o660)
    return path


def append(path: Path) -> None:
    write(path, NEW, OLD)


def tool(name: str) -> str:
    return shutil.which(name) or pytest.skip(f"there is no {name}")


WRITERS = {
    "root": (0,),
    "the owner": (ALICE, BOOKS),
    "the owner, not in the group": (ALICE,),
    "another member": (BOB, BOOKS),
}


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("mode", [0o660, 0o664, 0o620, 0o666])
def test_owner_group_and_mode_stay(
    books: Path, count: Callable[..., None], writer: str, mode: int
) -> None:
    books.chmod(mode)
    books.parent.chmod(0o2777)
    before = rights(books)
    user, *groups = WRITERS[writer]
    told = as_user(lambda: append(books), user, *groups)
    if mode == 0o620 and user == BOB:
        assert told == "Permission denied"
    else:
        assert told == ""
        assert books.read_bytes() == NEW
    count(tries=1, rights_lost=rights(books) != before)
    assert rights(books) == before
    assert [path.name for path in books.parent.iterdir()] == [books.name]


def test_a_group_that_the_owner_is_not_in_stays(books: Path) -> None:
    os.chown(books, ALICE, STAFF)
    before = rights(books)
    assert as_user(lambda: append(books), ALICE, BOOKS) == ""
    assert books.read_bytes() == NEW
    assert rights(books) == before
    assert as_user(books.read_bytes, BOB, BOOKS, STAFF) == ""
    assert as_user(books.read_bytes, DAVE, BOOKS) == "Permission denied"


def test_what_cannot_be_kept_safe_is_refused(books: Path) -> None:
    """Without leave to write into the folder there is no place for a copy."""
    books.parent.chmod(0o750)
    told = as_user(lambda: append(books), BOB, BOOKS)
    assert told == (
        f"its folder {books.parent} is read-only, and a copy has to be there while it "
        "is written; make the folder writable"
    )
    assert books.read_bytes() == OLD


@pytest.mark.parametrize("writer", WRITERS)
def test_an_access_control_list_stays(
    books: Path, count: Callable[..., None], writer: str
) -> None:
    setfacl, getfacl = tool("setfacl"), tool("getfacl")
    subprocess.run([setfacl, "-m", f"u:{CAROL}:r,g:{STAFF}:rw", books], check=True)
    # What the folder gives to new files is not for this one.
    subprocess.run([setfacl, "-d", "-m", f"u:{DAVE}:rwx", books.parent], check=True)
    subprocess.run([setfacl, "-m", f"u:{CAROL}:x,u:{DAVE}:x", books.parent], check=True)

    def listed() -> str:
        return subprocess.check_output([getfacl, "-np", books], text=True)

    before = listed()
    assert f"user:{CAROL}:r--" in before
    user, *groups = WRITERS[writer]
    assert as_user(lambda: append(books), user, *groups) == ""
    assert books.read_bytes() == NEW
    count(tries=1, lists_lost=listed() != before)
    assert listed() == before
    assert as_user(books.read_bytes, CAROL) == ""
    assert as_user(books.read_bytes, DAVE) == "Permission denied"


@pytest.mark.parametrize("name", ["user.note", "security.selinux"])
@pytest.mark.parametrize("writer", WRITERS)
def test_extended_attributes_and_labels_stay(
    books: Path, count: Callable[..., None], name: str, writer: str
) -> None:
    label = b"system_u:object_r:user_home_t:s0\0"
    try:
        os.setxattr(books, name, label)
    except OSError as error:
        pytest.skip(f"{name} cannot be set here: {error}")
    user, *groups = WRITERS[writer]
    assert as_user(lambda: append(books), user, *groups) == ""
    assert books.read_bytes() == NEW
    count(tries=1, attributes_lost=name not in os.listxattr(books))
    assert os.getxattr(books, name) == label


@pytest.mark.parametrize("writer", WRITERS)
def test_a_hard_link_stays(
    books: Path, shared: Path, count: Callable[..., None], writer: str
) -> None:
    link = shared / "link"
    link.hardlink_to(books)
    before = rights(books)
    user, *groups = WRITERS[writer]
    assert as_user(lambda: append(books), user, *groups) == ""
    count(tries=1, links_lost=not link.samefile(books))
    assert link.read_bytes() == NEW
    assert link.samefile(books)
    assert rights(books) == before
    assert [path.name for path in books.parent.iterdir()] == [books.name]


@pytest.fixture(params=[False, True])
def host(
    request: pytest.FixtureRequest,
    books: Path,
    shared: Path,
    mount: Callable[..., None],
) -> Path:
    """Return the file that is mounted over the ledger, as Docker does.

    It is on the same file system or on another.
    """
    folder = shared / "host"
    folder.mkdir()
    if request.param:
        mount("-t", "tmpfs", "tmpfs", folder)
    path = folder / books.name
    path.write_bytes(OLD)
    os.chown(path, ALICE, BOOKS)
    path.chmod(0o660)
    mount("--bind", path, books)
    return path


@pytest.mark.parametrize("writer", WRITERS)
def test_a_file_that_is_mounted_by_itself_is_written(
    books: Path, host: Path, count: Callable[..., None], writer: str
) -> None:
    before = rights(host)
    user, *groups = WRITERS[writer]
    assert as_user(lambda: append(books), user, *groups) == ""
    count(tries=1, mounts_lost=not books.samefile(host))
    assert host.read_bytes() == NEW
    assert books.samefile(host)
    assert rights(host) == before
    assert [path.name for path in books.parent.iterdir()] == [books.name]
