# syntax=docker/dockerfile:1
# One image for the provider, its worker, and the demo's parts. The dependencies are those of the lock files, by hash.

FROM python:3.11-slim AS dependencies
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/runtime.lock /tmp/runtime.lock
RUN /opt/venv/bin/pip install --require-hashes --only-binary :all: -r /tmp/runtime.lock

FROM python:3.11-slim AS console
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements/console.lock /tmp/console.lock
RUN pip install --require-hashes --only-binary :all: -r /tmp/console.lock
WORKDIR /app
COPY console /app/console
COPY src /app/src
RUN python console/build.py build

FROM python:3.11-slim AS runtime
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app/src \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    IDP_HOST=0.0.0.0 \
    IDP_PORT=8000 \
    IDP_DATA_DIR=/data \
    IDP_CONFIG_DIR=/app/config
RUN groupadd --gid 10001 idp \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /app --shell /usr/sbin/nologin idp \
    && install -d -o 10001 -g 10001 -m 0700 /data
WORKDIR /app
COPY --from=dependencies /opt/venv /opt/venv
COPY src /app/src
COPY --from=console /app/src/idp/console_dist /app/src/idp/console_dist
COPY config /app/config
COPY docker/healthcheck.py /app/healthcheck.py
RUN python -m compileall -q /app/src
USER 10001:10001
VOLUME ["/data"]
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 CMD ["python", "/app/healthcheck.py"]
ENTRYPOINT ["python", "-m", "idp"]
CMD ["serve"]
