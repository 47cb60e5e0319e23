package ch.tocco.lomigrate.s3;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.store.Content;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class PutBodyTest {
    private final PutBody body = new PutBody(Content.of(new byte[] {1, 2, 3}));
    private final ByteBuffer two = ByteBuffer.allocate(2);

    @Test
    void isSentInPiecesUntilAllOfItIs() {
        assertThat(body.sendRequestBody(two)).isFalse();
        assertThat(two.array()).containsExactly(1, 2);
        assertThat(body.sendRequestBody(two.clear())).isTrue();
        assertThat(two.flip().remaining()).isEqualTo(1);
        assertThat(two.get()).isEqualTo((byte) 3);
        assertThat(body.failure()).isNull();
    }

    @Test
    void isSentAgainFromItsBeginning() {
        body.sendRequestBody(two);
        body.resetPosition();
        body.sendRequestBody(two.clear());
        assertThat(two.array()).containsExactly(1, 2);
    }

    @Test
    void whatCannotBeReadEndsTheRequestAndIsRemembered() {
        IOException lost = new IOException("the disk is gone");
        PutBody unreadable = new PutBody(new Content() {
            @Override
            public long length() {
                return 10;
            }

            @Override
            public void read(long position, ByteBuffer into) throws IOException {
                throw lost;
            }
        });
        assertThat(unreadable.sendRequestBody(two)).isTrue();
        assertThat(unreadable.failure()).isSameAs(lost);
        assertThat(unreadable.getLength()).isEqualTo(10);
    }
}
