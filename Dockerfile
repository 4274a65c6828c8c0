# One image for every part: `web`, `worker imports`, `worker webhooks`, `migrate`, `all`.
# What runs where is said by docker-compose.yml; the parts themselves by deploy/start.sh.

# By digest, so that the same commit is always the same image; deploy/pin_images.sh renews it.
ARG PYTHON=python:3.11.15-slim-bookworm@sha256:b18992999dbe963a45a8a4da40ac2b1975be1a776d939d098c647482bcad5cba

FROM ${PYTHON} AS packages
WORKDIR /packages
COPY requirements.txt ./
# Wheels only: the image that runs needs no compiler, and neither does this one.
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --only-binary :all: --requirement requirements.txt

FROM ${PYTHON}
# tini, because process 1 ignores signals it has no handler for, and must reap orphans.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends tini=0.19.* \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --home-dir /nonexistent app
COPY --from=packages /venv /venv
WORKDIR /app
COPY app app
COPY migrations migrations
COPY static static
COPY deploy/start.sh deploy/start.sh
COPY gunicorn.conf.py worker.py wsgi.py ./
# Compiled here, because the user of below may not write, and would compile at every start.
RUN python -m compileall -q app migrations gunicorn.conf.py worker.py wsgi.py

ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=8000
USER 10001:10001
EXPOSE 8000
ENTRYPOINT ["tini", "--", "sh", "deploy/start.sh"]
CMD ["web"]
