# One image for every process; the command says which: services.intake, services.dispatch, services.notify.
FROM python:3.13-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements/base.txt /tmp/base.txt
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r /tmp/base.txt

FROM python:3.13-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY --from=build /venv /venv
COPY shared/ shared/
COPY intake/ intake/
COPY dispatch/ dispatch/
COPY notify/ notify/
COPY services/ services/
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin techrescue \
    && printf '#!/bin/sh\nexec python -m services.cli "$@"\n' > /usr/local/bin/techrescue \
    && chmod 0755 /usr/local/bin/techrescue
USER 10001
EXPOSE 8000
ENTRYPOINT ["python", "-m"]
CMD ["services.intake"]
