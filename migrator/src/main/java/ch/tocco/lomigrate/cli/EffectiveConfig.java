package ch.tocco.lomigrate.cli;

import ch.tocco.lomigrate.config.FaultConfig;
import ch.tocco.lomigrate.config.MigrationConfig;
import ch.tocco.lomigrate.config.RunConfig;
import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.config.TuningConfig;
import java.nio.file.Path;

/** Writes down what a run goes by, defaults and corrections included, under the names of the flags. No secrets. */
final class EffectiveConfig {
    private final MigrationConfig config;
    private final String passwordSource;
    private final Flags given;
    private final StringBuilder text = new StringBuilder();

    /** @param given the flags as given, to say what was rounded */
    EffectiveConfig(MigrationConfig config, String passwordSource, Flags given) {
        this.config = config;
        this.passwordSource = passwordSource;
        this.given = given;
    }

    String text(String logLevel) {
        source();
        target();
        pipeline();
        run(logLevel);
        faults();
        return text.toString();
    }

    private void source() {
        heading(Flags.SOURCE);
        line("pg-url", config.postgres().display());
        line("password", passwordSource);
        String tls = config.postgres().properties().get("sslmode");
        line("sslmode", tls == null ? "prefer (encrypted if the server can, not verified)" : tls);
        line("skip-batch-job-check", yesNo(!config.run().checkBatchJob()));
        line("no-lock", yesNo(!config.run().takeLock()));
    }

    private void target() {
        S3Config s3 = config.s3();
        heading(Flags.TARGET);
        line("s3-url", s3.endpoint().toString());
        line("bucket", s3.bucket());
        line("access-key", s3.keys().map(S3Config.Keys::accessKey).orElse("from the AWS default credential chain"));
        line("secret-key", s3.keys().isPresent() ? PgUrl.MASK : "from the AWS default credential chain");
        line("region", s3.region());
        line("virtual-hosted", yesNo(s3.virtualHosted()));
        line("upload-chunk-size", (s3.partSize() >> 10) + " KiB");
        line("multipart-threshold", (s3.multipartThreshold() >> 10) + " KiB");
    }

    private void pipeline() {
        TuningConfig tuning = config.tuning();
        heading(Flags.PIPELINE);
        line("receiver-threads", String.valueOf(tuning.receiverThreads()));
        line("storer-threads", String.valueOf(tuning.storerThreads()));
        line("committer-threads", String.valueOf(tuning.committerThreads()));
        ring("receiver-queue", tuning.receiverQueue(), given.receiverQueue);
        ring("storer-queue", tuning.storerQueue(), given.storerQueue);
        ring("committer-queue", tuning.committerQueue(), given.committerQueue);
        line("commit-chunk", String.valueOf(tuning.commitChunk()));
        line("in-mem-max", (tuning.inMemMax() >> 10) + " KiB");
        line("memory-budget", (tuning.memoryBudget() >> 20) + " MiB");
        line("spill-dir", tuning.spillDir().toString());
        line(
                "spill-budget",
                tuning.spillBudget().isPresent()
                        ? given.spillBudget + " GiB"
                        : TuningConfig.SPILL_SHARE_PERCENT + " % of what is free at the start");
    }

    private void run(String logLevel) {
        RunConfig run = config.run();
        heading(Flags.RUN);
        line("finalize", yesNo(run.finalizeAfter()));
        line("interval", run.interval().toSeconds() + " s");
        line("stop-grace", run.stopGrace().toSeconds() + " s");
        line("log-level", logLevel);
    }

    private void faults() {
        FaultConfig faults = config.faults();
        heading(Flags.FAULTS);
        line("outage-timeout", faults.outageTimeout().toMinutes() + " min");
        line("request-timeout", faults.requestTimeout().toSeconds() + " s");
        line("failures", faults.failuresFile().map(Path::toString).orElse("no file"));
        line(
                "stale-uploads",
                faults.staleUploads().isZero()
                        ? "0 (all are left)"
                        : faults.staleUploads().toHours() + " h");
    }

    private void ring(String name, int size, String asGiven) {
        boolean rounded = asGiven != null && Integer.parseInt(asGiven) != size;
        line(name, size + (rounded ? " (rounded up from " + asGiven + " to a power of two)" : ""));
    }

    private void heading(String title) {
        text.append("  ").append(title).append(System.lineSeparator());
    }

    private void line(String name, String value) {
        text.append("    %-21s %s%n".formatted(name, value));
    }

    private static String yesNo(boolean value) {
        return value ? "yes" : "no";
    }
}
