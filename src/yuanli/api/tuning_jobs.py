"""Proposals on cleaning rules that are worked out beside the requests, one campus at a time, and how far they are."""

from __future__ import annotations

from dataclasses import dataclass

from yuanli.api.jobs import Job, Jobs, new_job_id
from yuanli.bootstrap import House
from yuanli.campus import CampusId
from yuanli.errors import Text
from yuanli.operations import RuleProposal


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalJob(Job):
    """What people's words propose for the rules of a campus, once it is worked out."""

    campus_id: CampusId
    proposals: tuple[RuleProposal, ...] = ()


class ProposalJobs:
    """The proposals of this server since it started."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._jobs = Jobs[ProposalJob](Text("规则建议", "proposal"))
        self.close = self._jobs.close

    def start(self, campus_id: CampusId) -> ProposalJob:
        """Queue the proposals of a campus, or return those that are not done yet."""
        self._house.places.campus(campus_id)

        def told(job_id: str, share: float) -> None:
            self._jobs.refuse_stopped()
            self._jobs.update(job_id, share=share)

        def propose(job_id: str) -> dict[str, object]:
            found = self._house.rule_tuner.propose(campus_id, told=lambda share: told(job_id, share))
            return {"proposals": found}

        return self._jobs.start(
            ProposalJob(id=new_job_id(), campus_id=campus_id),
            propose,
            same=lambda other: other.campus_id == campus_id,
        )

    def get(self, campus_id: CampusId, job_id: str) -> ProposalJob:
        """Return how far the proposals of a campus are."""
        return self._jobs.get(job_id, having=lambda job: job.campus_id == campus_id)
