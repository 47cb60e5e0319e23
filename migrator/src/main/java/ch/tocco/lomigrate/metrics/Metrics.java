package ch.tocco.lomigrate.metrics;

import ch.tocco.lomigrate.watch.Watched;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** All metrics of this process, read when they are asked for. Thread-safe. */
public final class Metrics {
    private static final int USUAL_BYTES = 32 << 10;

    /** Series of each pool of the heap and of what is beside it: a sixth of a scrape, and nothing asks for them. */
    private static final String EACH_POOL = "jvm_memory_pool_";

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final ExpositionFormats formats = ExpositionFormats.init();

    /**
     * One answer.
     *
     * @param contentType its format
     * @param body the metrics
     */
    @SuppressWarnings("ArrayRecordComponent") // made once, written once
    public record Answer(String contentType, byte[] body) {}

    /** The metrics of this run, of the process and of its memory. */
    public Metrics(Watched run) {
        ProcessMetrics.builder().register(registry);
        JvmMemoryMetrics.builder().register(registry);
        JvmGarbageCollectorMetrics.builder().register(registry);
        registry.register(new RunMetrics(run));
    }

    /** Reads them now, in the format that the one who asks prefers; {@code accept} is its header, null: none. */
    public Answer read(String accept) throws IOException {
        ExpositionFormatWriter writer = formats.findWriter(accept);
        var body = new ByteArrayOutputStream(USUAL_BYTES);
        writer.write(body, registry.scrape((String name) -> !name.startsWith(EACH_POOL)));
        return new Answer(writer.getContentType(), body.toByteArray());
    }
}
