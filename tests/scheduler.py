"""Cloud Scheduler's own gRPC protocol on 127.0.0.1, with jobs kept in memory: what google-cloud-scheduler is tested against."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import grpc
from croniter import CroniterError, croniter
from google.cloud import scheduler_v1 as api
from google.cloud.scheduler_v1.services.cloud_scheduler.transports import CloudSchedulerGrpcTransport
from google.protobuf.empty_pb2 import Empty

State = api.Job.State
ENABLED, PAUSED = State(State.ENABLED), State(State.PAUSED)
PAGE = 2  # jobs a page, whatever is asked for: a server may always give fewer


class Refused(Exception):  # noqa: N818 - an answer of the protocol
    """Answered with this gRPC status and sentence."""


class CloudScheduler:
    """The server, its jobs by their full name, and what was asked of it.

    `unavailable` is how many of the next calls it refuses, `delay` how many seconds each takes, `update_resumes` whether an update sets
    a paused job going.
    """

    def __init__(self) -> None:
        self.jobs: dict[str, api.Job] = {}
        self.asked: list[str] = []
        self.unavailable = 0
        self.delay = 0.0
        self.update_resumes = False
        calls: dict[str, tuple[Callable[[Any], Any], Any, Callable[..., bytes]]] = {
            "ListJobs": (self._list, api.ListJobsRequest, api.ListJobsResponse.serialize),
            "CreateJob": (self._create, api.CreateJobRequest, api.Job.serialize),
            "UpdateJob": (self._update, api.UpdateJobRequest, api.Job.serialize),
            "PauseJob": (self._state(ENABLED, PAUSED), api.PauseJobRequest, api.Job.serialize),
            "ResumeJob": (self._state(PAUSED, ENABLED), api.ResumeJobRequest, api.Job.serialize),
            "RunJob": (self._run, api.RunJobRequest, api.Job.serialize),
            "DeleteJob": (self._delete, api.DeleteJobRequest, Empty.SerializeToString),
        }
        handlers = {
            name: grpc.unary_unary_rpc_method_handler(self._answer(name, call), asked.deserialize, answer)
            for name, (call, asked, answer) in calls.items()
        }
        self.server = grpc.server(ThreadPoolExecutor(4))
        self.server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("google.cloud.scheduler.v1.CloudScheduler", handlers)])
        self.port = self.server.add_insecure_port("127.0.0.1:0")
        self.server.start()
        self.channel = grpc.insecure_channel(f"127.0.0.1:{self.port}")
        self.client = api.CloudSchedulerClient(transport=CloudSchedulerGrpcTransport(channel=self.channel))

    def close(self) -> None:
        """End the server and its client."""
        self.channel.close()
        self.server.stop(0).wait(5)

    def _answer(self, name: str, call: Callable[[Any], Any]) -> Callable[[Any, grpc.ServicerContext], Any]:
        def answer(request: Any, context: grpc.ServicerContext) -> Any:
            self.asked.append(name)
            time.sleep(self.delay)
            if self.unavailable:
                self.unavailable -= 1
                context.abort(grpc.StatusCode.UNAVAILABLE, "The service is unavailable.")
            try:
                return call(request)
            except Refused as refused:
                context.abort(*refused.args)

        return answer

    def _found(self, name: str) -> api.Job:
        if name not in self.jobs:
            raise Refused(grpc.StatusCode.NOT_FOUND, "Job not found.")
        return self.jobs[name]

    def _kept(self, job: api.Job) -> api.Job:
        try:
            job.schedule_time = croniter(job.schedule, datetime.now(ZoneInfo(job.time_zone or "UTC"))).get_next(datetime)
        except (CroniterError, ZoneInfoNotFoundError):
            raise Refused(grpc.StatusCode.INVALID_ARGUMENT, "Schedule or time zone is invalid.") from None
        job.user_update_time = datetime.now(UTC)
        if job.http_target.uri:
            job.http_target.headers["User-Agent"] = "Google-Cloud-Scheduler"
        self.jobs[job.name] = job
        return job

    def _list(self, request: api.ListJobsRequest) -> api.ListJobsResponse:
        names = sorted(name for name in self.jobs if name.startswith(f"{request.parent}/jobs/") and name > request.page_token)
        jobs = [self.jobs[name] for name in names[:PAGE]]
        return api.ListJobsResponse(jobs=jobs, next_page_token=jobs[-1].name if len(names) > PAGE else "")

    def _create(self, request: api.CreateJobRequest) -> api.Job:
        if request.job.name in self.jobs:
            raise Refused(grpc.StatusCode.ALREADY_EXISTS, f"Job {request.job.name} already exists.")
        request.job.state = ENABLED
        return self._kept(request.job)

    def _update(self, request: api.UpdateJobRequest) -> api.Job:
        job = api.Job(self._found(request.job.name))
        for path in request.update_mask.paths:
            setattr(job, path, getattr(request.job, path))
        job.state = ENABLED if self.update_resumes or job.state != PAUSED else PAUSED
        return self._kept(job)

    def _state(self, before: State, after: State) -> Callable[[Any], api.Job]:
        def change(request: Any) -> api.Job:
            job = self._found(request.name)
            if job.state != before:
                raise Refused(grpc.StatusCode.FAILED_PRECONDITION, f"The job is not {before.name}.")
            job.state = after
            return job

        return change

    def _run(self, request: api.RunJobRequest) -> api.Job:
        job = self._found(request.name)
        job.last_attempt_time = datetime.now(UTC)
        return job

    def _delete(self, request: api.DeleteJobRequest) -> Empty:
        del self.jobs[self._found(request.name).name]
        return Empty()
