"""A bare FastAPI endpoint with our model that stores nothing: what the framework alone can do.

Run: `python -m bench.peers.bare_endpoint PORT`.
"""

import gc
import sys

import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from bench.peers.forms import RequestForm

app = FastAPI()


@app.post("/v1/requests", status_code=202)
async def file_request(form: RequestForm) -> JSONResponse:
    return JSONResponse({"id": "none", "code": "none", "status": "filed", "category": form.category}, status_code=202)


def main() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    uvicorn.run(
        app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False, loop="uvloop", http="httptools"
    )


if __name__ == "__main__":
    main()
