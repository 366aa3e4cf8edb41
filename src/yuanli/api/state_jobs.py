"""Trainings of states that run beside the requests, one at a time, and how far each is."""

from __future__ import annotations

from dataclasses import dataclass

from yuanli.api.jobs import Job, Jobs, new_job_id
from yuanli.bootstrap import House
from yuanli.campus import CampusId, PointId
from yuanli.errors import Text
from yuanli.operations import StateOrder, TrainedStates


@dataclass(frozen=True, slots=True, kw_only=True)
class StateTrainingJob(Job):
    """A training of a point's states: what came of it."""

    campus_id: CampusId
    point: PointId
    trained: TrainedStates | None = None


class StateTrainingJobs:
    """The trainings of this server since it started; of one that runs when it ends nothing is registered."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._jobs = Jobs[StateTrainingJob](Text("训练", "training"))
        self.close = self._jobs.close

    def start(self, campus_id: CampusId, point: PointId, order: StateOrder, *, who: str) -> StateTrainingJob:
        """Queue a training, or return the one of this point that is not done yet."""
        self._house.telemetry.point(campus_id, point)

        def train(job_id: str) -> dict[str, object]:
            def told(share: float) -> None:
                self._jobs.refuse_stopped()
                self._jobs.update(job_id, share=share)

            return {"trained": self._house.state_training.train(campus_id, point, order, who=who, told=told)}

        return self._jobs.start(
            StateTrainingJob(id=new_job_id(), campus_id=campus_id, point=point),
            train,
            same=lambda other: (other.campus_id, other.point) == (campus_id, point),
        )

    def get(self, campus_id: CampusId, job_id: str) -> StateTrainingJob:
        """Return how far a training is."""
        return self._jobs.get(job_id, having=lambda job: job.campus_id == campus_id)
