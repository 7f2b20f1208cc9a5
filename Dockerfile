# The workflow in a container, from requirements.lock by the steps of `. ./activate` (envs/make):
#
#     docker build -t latentearth .
#     docker run --rm -v "$PWD/run:/run/latentearth" latentearth snakemake --cores 8 \
#         --directory /run/latentearth
#
# The run's results, figures and logs stand in ./run afterwards.
FROM debian:bookworm-slim
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends ca-certificates git python3 python3-venv
WORKDIR /latentearth
COPY . .
RUN envs/make && rm -rf /root/.cache /var/lib/apt/lists/*
ENV PATH=/latentearth/.venv/bin:$PATH VIRTUAL_ENV=/latentearth/.venv
CMD ["snakemake", "--list"]
