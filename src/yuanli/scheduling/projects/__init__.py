"""Crews with jobs that wait for each other."""

from typing import Final

from yuanli.errors import Text
from yuanli.scheduling.projects.checks import check_projects
from yuanli.scheduling.projects.generating import rehearse_projects
from yuanli.scheduling.projects.reading import ProjectsDocument, parse_projects
from yuanli.scheduling.projects.relaxations import CHANGES_PROJECTS, relaxations_projects
from yuanli.scheduling.projects.solving import solve_projects
from yuanli.scheduling.projects.tables import ProjectsPlan, ProjectsProblem
from yuanli.scheduling.projects.words import (
    carried_projects,
    conflicts_projects,
    explain_projects,
    read_rows_projects,
    rows_projects,
)
from yuanli.solver import Kind

PROJECTS: Final[Kind[ProjectsProblem, ProjectsPlan]] = Kind(
    name="projects",
    title=Text("班组与工序", "Crews with precedence"),
    method=Text("串行进度生成与 CP-SAT", "serial schedule generation, then CP-SAT"),
    parse=parse_projects,
    schema=ProjectsDocument.model_json_schema,
    solve=solve_projects,
    check=check_projects,
    rows=rows_projects,
    read_rows=read_rows_projects,
    carried=carried_projects,
    explain=explain_projects,
    conflicts=conflicts_projects,
    relaxations=relaxations_projects,
    changes=CHANGES_PROJECTS,
    rehearse=rehearse_projects,
)
