package ch.tocco.lomigrate.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.pipeline.UnaskedStore;
import ch.tocco.lomigrate.store.ObjectStore;
import ch.tocco.lomigrate.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Of the uploads in the bucket only old ones of this tool are aborted, and no failure of that ends a run. */
final class StaleUploadsTest {
    private static final String KEY = "0123456789abcdef".repeat(4);
    private static final Duration DAY = Duration.ofHours(24);

    private final Bucket bucket = new Bucket();
    private final RunControl control = new RunControl();

    @Test
    void abortsUploadOfThisToolThatIsOlderThanTheLimit() throws Exception {
        bucket.has(KEY, "old", Duration.ofHours(25));
        bucket.has(KEY, "older", Duration.ofDays(400));
        new StaleUploads(bucket, DAY, control).abort();
        assertThat(bucket.aborted).containsExactly(KEY + " old", KEY + " older");
    }

    @Test
    void leavesUploadThatAnotherRunMayBeWorkingOn() throws Exception {
        bucket.has(KEY, "young", Duration.ofHours(23));
        bucket.has(KEY, "of a clock ahead of ours", Duration.ofHours(-2));
        new StaleUploads(bucket, DAY, control).abort();
        assertThat(bucket.aborted).isEmpty();
    }

    @Test
    void leavesUploadsOfOthers() throws Exception {
        List<String> keys = List.of(
                "",
                "backup.tar",
                KEY + "0",
                KEY.substring(1),
                "sub/" + KEY,
                KEY.replace('a', 'A'),
                KEY.replace('a', 'g'),
                KEY.substring(1) + "\n");
        keys.forEach(key -> bucket.has(key, "upload", Duration.ofDays(400)));
        new StaleUploads(bucket, DAY, control).abort();
        assertThat(bucket.aborted).isEmpty();
    }

    @Test
    void zeroLeavesAllWithoutAsking() throws Exception {
        bucket.has(KEY, "old", Duration.ofDays(400));
        new StaleUploads(bucket, Duration.ZERO, control).abort();
        assertThat(bucket.aborted).isEmpty();
        assertThat(bucket.listed).isZero();
    }

    @Test
    void refusedListIsNoReasonToEndTheRun() throws Exception {
        bucket.listFault = new StoreException(FaultKind.RUN, FailureReason.REFUSED, "403 AccessDenied", null);
        new StaleUploads(bucket, DAY, control).abort();
        assertThat(bucket.listed).isEqualTo(1);
        assertThat(bucket.aborted).isEmpty();
    }

    @Test
    void uploadThatHasEndedDoesNotKeepTheOthers() throws Exception {
        bucket.has(KEY, "gone", Duration.ofDays(2));
        bucket.has(KEY, "old", Duration.ofDays(2));
        new StaleUploads(bucket, DAY, control).abort();
        assertThat(bucket.aborted).containsExactly(KEY + " old");
    }

    @Test
    void leavesUploadOfUnknownAge() throws Exception {
        bucket.uploads.add(new ObjectStore.OpenUpload(KEY, "of unknown age", null));
        bucket.has(KEY, "old", Duration.ofDays(2));
        new StaleUploads(bucket, DAY, control).abort();
        assertThat(bucket.aborted).containsExactly(KEY + " old");
    }

    @Test
    void stoppedRunLeavesTheRestToTheNext() throws Exception {
        bucket.has(KEY, "old", Duration.ofDays(2));
        control.stop();
        new StaleUploads(bucket, DAY, control).abort();
        assertThat(bucket.aborted).isEmpty();
    }

    /** A bucket with nothing but open uploads. */
    private static final class Bucket extends UnaskedStore {
        private final List<OpenUpload> uploads = new ArrayList<>();
        private final List<String> aborted = new ArrayList<>();
        private StoreException listFault;
        private int listed;

        void has(String key, String id, Duration age) {
            uploads.add(new OpenUpload(key, id, Instant.now().minus(age)));
        }

        @Override
        public CompletableFuture<List<OpenUpload>> listUploads(String prefix) {
            listed++;
            return listFault == null
                    ? CompletableFuture.completedFuture(uploads)
                    : CompletableFuture.failedFuture(listFault);
        }

        @Override
        public CompletableFuture<Void> abortMultipart(String key, String uploadId) {
            if (uploadId.equals("gone")) {
                return CompletableFuture.failedFuture(
                        new StoreException(FaultKind.OBJECT, FailureReason.REFUSED, "404 NoSuchUpload", null));
            }
            aborted.add(key + " " + uploadId);
            return CompletableFuture.completedFuture(null);
        }
    }
}
