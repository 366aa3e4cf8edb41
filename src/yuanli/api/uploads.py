"""Files that people upload, kept on disk while they are read."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from fastapi import UploadFile

from yuanli.bootstrap import House
from yuanli.errors import Text, UnavailableError

LEFT_BEHIND_S = 24 * 3600
SAFE_CHARACTERS = "-_. ()（）"


class UploadNotKeptError(UnavailableError):
    """The disk takes no more."""


def not_kept(error: OSError) -> UploadNotKeptError:
    """Return what is told of an upload that could not be written."""
    return UploadNotKeptError(
        Text(f"文件无法写入磁盘：{error.strerror}", f"The file can't be written: {error.strerror}"),
        field="file",
        hint=Text("请管理员检查磁盘空间。", "Have an administrator check the disk's free space."),
    )


def upload_folder(house: House) -> Path:
    """Make a folder for one upload, and remove those that a killed server left behind."""
    uploads = house.settings.data_dir / "uploads"
    uploads.mkdir(parents=True, exist_ok=True)
    for folder in uploads.iterdir():
        if house.now().timestamp() - folder.stat().st_mtime > LEFT_BEHIND_S:
            shutil.rmtree(folder, ignore_errors=True)
    return Path(tempfile.mkdtemp(dir=uploads))


def keep_upload(upload: UploadFile, folder: Path) -> Path:
    """Write an upload under the name it came with, of which only harmless characters are kept."""
    given = Path((upload.filename or "").replace("\\", "/")).name
    name = "".join(c for c in given if c.isalnum() or c in SAFE_CHARACTERS).lstrip(". ")[-120:] or "upload"
    folder.mkdir(exist_ok=True)
    path = folder / name
    while path.exists():
        path = path.with_name(f"_{path.name}")
    with path.open("wb") as out:
        shutil.copyfileobj(upload.file, out, 1024 * 1024)
    return path
