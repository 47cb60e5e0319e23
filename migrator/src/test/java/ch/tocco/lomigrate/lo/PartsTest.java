package ch.tocco.lomigrate.lo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parts cover the object without gap and overlap, and S3's limits hold. */
final class PartsTest {
    private static final long MIB = 1L << 20;

    @ParameterizedTest
    @CsvSource({
        // size, wanted part size, expected part size, parts, last part
        "5242880,         5242880,   5242880,   1,     5242880",
        "5242881,         5242880,   5242880,   2,     1",
        "10485759,        5242880,   5242880,   2,     5242879",
        "10485760,        5242880,   5242880,   2,     5242880",
        "0,               5242880,   5242880,   1,     0",
        // the wanted size just does, and just does not
        "52428800000,     5242880,   5242880,   10000, 5242880",
        "52428800001,     5242880,   6291456,   8334,  2097153",
        "209715200000,    20971520,  20971520,  10000, 20971520",
        "209715200001,    20971520,  22020096,  9524,  17825793",
        // above 5 GiB, which is the limit for one request, and above 2^31
        "5368709121,      20971520,  20971520,  257,   1",
        "2147483648,      20971520,  20971520,  103,   8388608",
        // 4 TiB, the largest a large object can be
        "4398046511104,   5242880,   440401920, 9987,  192937984",
        "4398046511104,   1073741824, 1073741824, 4096, 1073741824",
    })
    void cutsWithinTheLimits(long size, long wanted, long partSize, int count, int last) {
        var parts = Parts.of(size, wanted);

        assertThat(parts.partSize()).isEqualTo(partSize);
        assertThat(parts.count()).isEqualTo(count).isLessThanOrEqualTo(10_000);
        assertThat(parts.length(count)).isEqualTo(last);
        assertThat(partSize == wanted || partSize % MIB == 0)
                .as("whole MiB where raised")
                .isTrue();
        long end = 0;
        for (int number = 1; number <= count; number++) {
            assertThat(parts.offset(number)).isEqualTo(end);
            end += parts.length(number);
        }
        assertThat(end).isEqualTo(size);
    }
}
