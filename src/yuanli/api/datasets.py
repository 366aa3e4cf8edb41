"""Data sets of examples: uploaded all or nothing, described, and exported as JSON Lines."""

from __future__ import annotations

import shutil
from typing import Annotated

from fastapi import APIRouter, File, Form, Path, Query, UploadFile
from fastapi.responses import StreamingResponse

from yuanli.api.bodies import Line, Name
from yuanli.api.callers import CallerDep, HouseDep, needs
from yuanli.api.uploads import keep_upload, not_kept, upload_folder
from yuanli.operations import DatasetDetail, ExportedLabels, KeptDataset, LeakReport, Right

router = APIRouter(prefix="/datasets", tags=["datasets"], dependencies=[needs(Right.REVIEW_FEEDBACK)])
DatasetPath = Annotated[str, Path(max_length=64)]
MOST_FILES = 20


@router.post("", status_code=201)
def add_dataset(
    house: HouseDep,
    caller: CallerDep,
    files: Annotated[list[UploadFile], File(max_length=MOST_FILES)],
    name: Annotated[Name, Form(min_length=1)],
    format: Annotated[Name, Form()] = "auto",
    reviewers: Annotated[int, Form(ge=1, le=5)] = 2,
    licence: Annotated[Line, Form()] = "",
) -> KeptDataset:
    """Keep examples as a data set: one file, or several such as BIO's three. Lines with faults refuse all of it."""
    folder = upload_folder(house)
    try:
        paths = [keep_upload(file, folder / "examples") for file in files]
        path = paths[0] if len(paths) == 1 else folder / "examples"
        return house.datasets.add(
            path, name=name, who=caller.name, reviewers=reviewers, licence=licence, form=format
        )
    except OSError as error:
        raise not_kept(error) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@router.get("")
def list_datasets(house: HouseDep) -> tuple[KeptDataset, ...]:
    """Return the data sets, newest first."""
    return house.datasets.all()


@router.get("/{dataset_id}")
def get_dataset(dataset_id: DatasetPath, house: HouseDep) -> DatasetDetail:
    """Return a data set, what it is made of, and what is wrong with it."""
    return house.datasets.detail(dataset_id)


@router.delete("/{dataset_id}", status_code=204)
def remove_dataset(dataset_id: DatasetPath, house: HouseDep) -> None:
    """Forget a data set and its labels."""
    house.datasets.remove(dataset_id)


@router.get("/{dataset_id}/leaks")
def dataset_leaks(
    dataset_id: DatasetPath, train: Annotated[str, Query(max_length=64)], house: HouseDep
) -> LeakReport:
    """Return which examples are as good as in another data set that is learned from."""
    return house.datasets.leaks(dataset_id, train)


@router.get(
    "/{dataset_id}/export",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/x-ndjson": {}}, "description": "The examples, one a line"}},
)
def export_dataset(
    dataset_id: DatasetPath, house: HouseDep, labels: ExportedLabels = ExportedLabels.UPLOADED
) -> StreamingResponse:
    """Return the examples as JSON Lines in markup: as uploaded, or with the final labels of reviewers."""
    lines = house.datasets.export(dataset_id, labels)
    return StreamingResponse(
        lines,
        media_type="application/x-ndjson",
        headers={"Content-Disposition": f'attachment; filename="{labels.value}.jsonl"'},
    )
