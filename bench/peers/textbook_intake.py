"""The textbook intake: one INSERT in a transaction of its own, then `send_and_wait`.

It loses the event when it dies between the two, which is why ours does not look like this.
Run: `python -m bench.peers.textbook_intake PORT DSN BOOTSTRAP TOPIC`.
"""

import gc
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg
import uvicorn
from aiokafka import AIOKafkaProducer
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from bench.peers.forms import RequestForm

SCHEMA = """
create table if not exists textbook_requests (
    id uuid primary key,
    channel text not null,
    name text not null,
    phone text not null,
    category text not null,
    description text not null,
    lat double precision,
    lon double precision,
    filed_at timestamptz not null default now()
)
"""
INSERT = """
insert into textbook_requests (id, channel, name, phone, category, description, lat, lon)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""


def build_app(dsn: str, bootstrap: str, topic: str) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with asyncpg.create_pool(dsn, min_size=10, max_size=10) as pool:
            await pool.execute(SCHEMA)
            async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True) as producer:
                app.state.pool, app.state.producer = pool, producer
                gc.collect()
                gc.freeze()
                gc.set_threshold(100_000, 50, 100)
                yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/v1/requests", status_code=202)
    async def file_request(form: RequestForm) -> JSONResponse:
        request_id = uuid4()
        lat, lon = (form.location.lat, form.location.lon) if form.location else (None, None)
        who = form.requester
        async with app.state.pool.acquire() as connection, connection.transaction():
            await connection.execute(
                INSERT, request_id, form.channel, who.name, who.phone, form.category, form.description, lat, lon
            )
        event = {"request_id": str(request_id), "category": form.category, "lat": lat, "lon": lon, "phone": who.phone}
        await app.state.producer.send_and_wait(topic, json.dumps(event).encode(), key=str(request_id).encode())
        return JSONResponse({"id": str(request_id), "code": str(request_id), "status": "filed"}, status_code=202)

    return app


def main() -> None:
    port, dsn, bootstrap, topic = sys.argv[1:5]
    app = build_app(dsn, bootstrap, topic)
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning", access_log=False, loop="uvloop", http="httptools")


if __name__ == "__main__":
    main()
