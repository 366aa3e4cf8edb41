"""The files of a zip, a folder or a single file, read one by one within limits."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from yuanli.campus.geojson.limits import ReadParams
from yuanli.campus.imported import ImportRefusedError, refused
from yuanli.errors import Text

_JUNK = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """Files by name (`/` between folders), sorted; each is read when asked for."""

    path: Path
    readers: Mapping[str, Callable[[], bytes]]

    def read(self, name: str) -> bytes:
        """Return the content of one file."""
        return self.readers[name]()

    def geojson_names(self) -> tuple[str, ...]:
        """Return the names that look like GeoJSON or JSON."""
        return tuple(n for n in self.readers if n.lower().endswith((".geojson", ".json")))


def open_source(path: Path, params: ReadParams = ReadParams()) -> SourceFiles:
    """Open a folder, a zip or a single file.

    Raises
    ------
    ImportRefusedError
        It is absent, can't be read, is larger than the limits allow, or is a zip that is broken,
        encrypted, or names files outside itself.
    """
    try:
        if path.is_dir():
            return _open_folder(path, params)
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(4)
    except FileNotFoundError as error:
        raise _absent(path) from error
    except OSError as error:
        raise unreadable(path, error) from error
    if head in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
        return _open_zip(path, params)
    _check_size(path.name, size, params.max_file_bytes)
    return SourceFiles(path, {path.name: lambda: _read_plain(path, params.max_file_bytes)})


def _absent(path: Path) -> ImportRefusedError:
    return refused(
        f"文件 {path.name!r} 不存在。",
        f"There is no file {path.name!r}.",
        field=path.name,
        hint=Text("检查路径是否写对。", "Check the path."),
    )


def unreadable(path: Path, error: OSError) -> ImportRefusedError:
    """Make the error that says a file can't be opened."""
    return refused(
        f"无法读取 {path.name!r}：{error.strerror}。",
        f"{path.name!r} can't be read: {error.strerror}.",
        field=path.name,
        hint=Text("检查文件权限。", "Check the permissions of the file."),
    )


def _check_size(name: str, size: int, limit: int) -> None:
    if size > limit:
        raise refused(
            f"{name} 有 {size / 1e6:.0f} MB，超过 {limit / 1e6:.0f} MB 的上限。",
            f"{name} has {size / 1e6:.0f} MB, more than the {limit / 1e6:.0f} MB allowed.",
            field=name,
            hint=Text(
                "请拆分文件，或去掉园区以外的内容。", "Split the file, or leave out what is off the campus."
            ),
        )


def _read_plain(path: Path, limit: int) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise unreadable(path, error) from error
    _check_size(path.name, len(content), limit)
    return content


def _open_folder(path: Path, params: ReadParams) -> SourceFiles:
    readers: dict[str, Callable[[], bytes]] = {}
    total = 0
    for file in _walk(path, params.max_files):
        size = file.stat().st_size
        name = file.relative_to(path).as_posix()
        _check_size(name, size, params.max_file_bytes)
        total += size
        _check_size(path.name, total, params.max_total_bytes)
        readers[name] = lambda file=file: _read_plain(file, params.max_file_bytes)  # type: ignore[misc]
    return SourceFiles(path, dict(sorted(readers.items())))


def _walk(folder: Path, max_files: int) -> Iterator[Path]:
    """Yield the regular files of a folder and its folders; links and hidden files are passed over."""
    pending, seen = [folder], 0
    while pending:
        here = pending.pop()
        for entry in sorted(here.iterdir()):
            if entry.is_symlink() or entry.name.startswith(".") or entry.name in _JUNK:
                continue
            seen += 1
            if seen > max_files:
                raise _too_many(folder.name, max_files)
            if entry.is_dir():
                pending.append(entry)
            elif entry.is_file():
                yield entry


def _too_many(name: str, limit: int) -> ImportRefusedError:
    return refused(
        f"{name} 中的文件超过 {limit} 个。",
        f"{name} holds more than {limit} files.",
        field=name,
        hint=Text("只保留该园区的文件。", "Keep only the files of this campus."),
    )


def _open_zip(path: Path, params: ReadParams) -> SourceFiles:
    _check_size(path.name, path.stat().st_size, params.max_total_bytes)
    try:
        with zipfile.ZipFile(path) as archive:
            members = [i for i in archive.infolist() if not i.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _broken_zip(path.name, error) from error
    if len(members) > params.max_files:
        raise _too_many(path.name, params.max_files)
    members = [
        m for m in members if not any(m.filename.endswith(j) or m.filename.startswith(j) for j in _JUNK)
    ]
    total = 0
    for member in members:
        _check_member(member, params)
        total += member.file_size
        _check_size(path.name, total, params.max_total_bytes)
    prefix = _shared_folder([m.filename for m in members])
    readers: dict[str, Callable[[], bytes]] = {}
    for member in members:
        name = member.filename.removeprefix(prefix)
        if name in readers:
            raise refused(
                f"压缩包中有两个文件都叫 {name!r}。",
                f"The zip holds two files named {name!r}.",
                field=name,
                hint=Text("删去其中一个后重新打包。", "Leave one of them out and pack it again."),
            )
        readers[name] = lambda member=member: _read_member(path, member)  # type: ignore[misc]
    return SourceFiles(path, dict(sorted(readers.items())))


def _check_member(member: zipfile.ZipInfo, params: ReadParams) -> None:
    name = member.filename
    parts = PurePosixPath(name.replace("\\", "/")).parts
    outside = name.startswith(("/", "\\")) or ".." in parts or (len(name) > 1 and name[1] == ":")
    if outside or stat.S_ISLNK(member.external_attr >> 16):
        raise refused(
            f"压缩包中的 {name!r} 指向压缩包之外，已拒绝。",
            f"{name!r} in the zip points outside of it.",
            field=name,
            hint=Text("重新打包，只放普通文件。", "Pack it again, with plain files only."),
        )
    if member.flag_bits & 0x1:
        raise refused(
            f"压缩包已加密，无法读取 {name!r}。",
            f"The zip is encrypted: {name!r} can't be read.",
            field=name,
            hint=Text("去掉密码后重新打包。", "Pack it again without a password."),
        )
    _check_size(name, member.file_size, params.max_file_bytes)
    grows = member.file_size / max(member.compress_size, 1)
    if member.file_size > params.ratio_free_bytes and grows > params.max_ratio:
        raise refused(
            f"{name} 解压后膨胀 {grows:.0f} 倍，疑似压缩炸弹。",
            f"{name} grows {grows:.0f} times when unpacked: it looks like a zip bomb.",
            field=name,
            hint=Text(
                "检查来源；确属正常文件时请解压后按文件夹导入。",
                "Check where it is from; if it is sound, unpack it and import the folder.",
            ),
        )


def _read_member(path: Path, member: zipfile.ZipInfo) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member) as file:
            # A header may lie: never read more than it says (the limits were checked on that).
            content = file.read(member.file_size + 1)
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        ValueError,
        RuntimeError,
        NotImplementedError,
    ) as error:
        raise _broken_zip(f"{path.name}/{member.filename}", error) from error
    if len(content) != member.file_size:
        raise _broken_zip(f"{path.name}/{member.filename}", None)
    return content


def _broken_zip(name: str, error: Exception | None) -> ImportRefusedError:
    detail = f"（{error}）" if error else ""
    return refused(
        f"压缩包 {name} 已损坏或不完整{detail}。",
        f"The zip {name} is broken or incomplete{f' ({error})' if error else ''}.",
        field=name,
        hint=Text("重新下载或重新打包。", "Download or pack it again."),
    )


def _shared_folder(names: list[str]) -> str:
    """Return the folder all names lie in, as `campus/`, or the empty text."""
    tops = {n.split("/", 1)[0] if "/" in n else "" for n in names}
    top = tops.pop() if len(tops) == 1 else ""
    return f"{top}/" if top else ""
