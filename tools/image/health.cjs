// The image's health check: whether the process answers. Whether it is ready is another question, and the platform's.
fetch(`http://127.0.0.1:${process.env.MILLRACE_HEALTH_PORT ?? 9464}/healthz/live`).then(
  ({ ok }) => process.exit(ok ? 0 : 1),
  () => process.exit(1),
);
