package ch.tocco.lomigrate.committer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a commit knows of the rows that it has updated, also where an answer was lost. */
final class UpdatedRowsTest {
    private final UpdatedRows rows = new UpdatedRows(3);

    @Test
    void rowsAreCountedByPosition() {
        rows.sending();
        rows.updated(0);
        rows.updated(2);
        rows.updated(2);
        assertThat(rows.all()).isFalse();
        assertThat(rows.of(0)).isEqualTo(1);
        assertThat(rows.of(1)).isZero();
        assertThat(rows.of(2)).isEqualTo(2);
        rows.updated(1);
        assertThat(rows.all()).isTrue();
    }

    @Test
    void hashThatIsThereWhenItIsSentAgainMayBeThatOfTheFirstTry() {
        rows.sending();
        rows.updated(0);
        rows.updated(0);
        rows.sending();
        rows.updated(1);
        assertThat(rows.all()).isFalse();
        assertThat(rows.of(0)).isEqualTo(1);
        assertThat(rows.of(1)).isEqualTo(1);
    }
}
