# syntax=docker/dockerfile:1.7

# Built and run on the same Debian, so that both have the same C library.
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
# Downloads and compiled dependencies stay between builds in caches, which are no part of the image; the binary is
# copied out of its cache in the same step. --locked: exactly the versions that were tested.
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/src/target,sharing=locked \
    cargo build --release --locked --bin resetgate \
    && install -D -m 0755 target/release/resetgate /out/usr/local/bin/resetgate \
    && install -d -m 0700 /out/var/lib/resetgate

# No shell and no package manager: nothing in it but the C library, CA certificates, time zones and the binary.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /out/usr/local/bin/resetgate /usr/local/bin/resetgate
# Accounts and audit trail: owned by the account that runs the service, closed to everybody else.
COPY --from=build --chown=65532:65532 /out/var/lib/resetgate /var/lib/resetgate
# A number, because Kubernetes' runAsNonRoot cannot look a name up.
USER 65532:65532
# The default paths, resetgate.db and audit/, are below the data. Relative paths in a configuration file begin at that file.
WORKDIR /var/lib/resetgate
VOLUME ["/var/lib/resetgate"]
# Every command reads the same file, the health check among them. In a container the API must listen on all addresses;
# the operators' port stays on loopback until somebody opens it with RESETGATE__OPS__LISTEN=0.0.0.0:9180.
ENV RESETGATE_CONFIG=/etc/resetgate/resetgate.toml \
    RESETGATE__SERVER__LISTEN=0.0.0.0:8080
EXPOSE 8080 9180
STOPSIGNAL SIGTERM
# The image has no curl; the binary asks itself.
HEALTHCHECK --interval=15s --timeout=4s --start-period=5s --retries=3 CMD ["/usr/local/bin/resetgate", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/resetgate"]
CMD ["serve"]
