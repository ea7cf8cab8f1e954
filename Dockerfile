# All of Millrace's programs in one image; the first argument says which: ods, dwd, dws, archive, app, or admin with its command.
# One image, because the programs share nearly all of their packages and are always of one version: one build, one digest
# to roll out and back, one thing to scan. `npm run image` builds and tries it where no registry can be reached.
ARG NODE_IMAGE=docker.io/library/node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /src
COPY . .
# No package's own script runs; what the lock file names is all that is needed.
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --loglevel=error
RUN for program in ods dwd dws archive app admin; do node tools/build.mjs "apps/$program" || exit 1; done \
 && node tools/image/assemble.mjs /out ods dwd dws archive app admin

FROM ${NODE_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Millrace" \
      org.opencontainers.image.description="A real-time data warehouse for an advertising platform" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# State is read at random: in large pages of memory, where the kernel has them to give, that costs a twentieth less (docs/adr/0023).
ENV NODE_ENV=production \
    GLIBC_TUNABLES=glibc.malloc.hugetlb=1 \
    MILLRACE_BUILD_COMMIT=${REVISION} \
    MILLRACE_HEALTH_HOST=0.0.0.0 \
    MILLRACE_SNAPSHOTS_DIRECTORY=/var/lib/millrace
COPY --from=build /out /opt/millrace
# The one place that is written to; everything else may be read-only.
RUN install -d -o 1000 -g 1000 /var/lib/millrace
WORKDIR /opt/millrace
# By number, so that Kubernetes can see that it is not root. It is the base image's user `node`.
USER 1000:1000
EXPOSE 8080 9464
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=6 CMD ["node", "health.cjs"]
# One helper for the garbage collector, not four: a service has a core or two, and helpers that wait for one another cost it (docs/adr/0027).
ENTRYPOINT ["node", "--max-semi-space-size=32", "--v8-pool-size=1", "--enable-source-maps", "/opt/millrace/millrace.cjs"]
