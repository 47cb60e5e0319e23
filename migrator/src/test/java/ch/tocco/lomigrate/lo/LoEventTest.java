package ch.tocco.lomigrate.lo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

/** The slot's life from listed to stored, and what it says to a stage that asks too early. */
final class LoEventTest {
    private static final SourceRow ROW = Rows.of("aa", 3, "text/plain", 7);

    private final ByteBudget budget = new ByteBudget(10, () -> false);
    private final LoEvent event = new LoEvent();

    @Test
    void askingForWhatIsNotThereYetSaysSo() {
        assertThatIllegalStateException().isThrownBy(event::row).withMessageContaining("no row yet");
        event.listed(ROW);
        assertThatIllegalStateException()
                .isThrownBy(event::payload)
                .withMessageContaining("no payload yet")
                .withMessageContaining("oid=7");
        assertThatIllegalStateException().isThrownBy(event::sha256).withMessageContaining("no sha256 yet");
        assertThatIllegalStateException().isThrownBy(event::stored).withMessageContaining("no payload yet");
    }

    @Test
    void nothingIsReceivedWithoutARow() throws InterruptedException {
        Payload payload = payload();
        assertThatIllegalStateException().isThrownBy(() -> event.received(payload, "ff"));
    }

    @Test
    void storedObjectKeepsRowAndHashAndFreesTheBytes() throws InterruptedException {
        event.listed(ROW);
        event.received(payload(), "ff");
        assertThat(event.payload().size()).isEqualTo(3);
        assertThat(budget.used()).isEqualTo(3);
        assertThat(event.isStored()).isFalse();
        event.stored();
        assertThat(event.isStored()).isTrue();
        assertThat(budget.used()).isZero();
        assertThat(event.row()).isSameAs(ROW);
        assertThat(event.sha256()).isEqualTo("ff");
        assertThatIllegalStateException().isThrownBy(event::payload);
    }

    @Test
    void movingTakesEverythingOverAndLeavesTheOtherEmpty() throws InterruptedException {
        event.listed(ROW);
        Payload payload = payload();
        event.received(payload, "ff");
        LoEvent to = new LoEvent();
        to.moveFrom(event);
        assertThat(to.row()).isSameAs(ROW);
        assertThat(to.payload()).isSameAs(payload);
        assertThat(to.sha256()).isEqualTo("ff");
        assertThat(budget.used()).isEqualTo(3);
        assertThat(event.isEmpty()).isTrue();
        assertThatIllegalStateException().isThrownBy(event::row);
        event.listed(ROW);
        assertThatIllegalStateException().as("nothing stays behind").isThrownBy(event::payload);
        assertThatIllegalStateException().isThrownBy(event::sha256);
    }

    @Test
    void slotInUseIsNeitherFilledNorMovedInto() throws InterruptedException {
        event.listed(ROW);
        assertThatIllegalStateException().isThrownBy(() -> event.listed(ROW)).withMessageContaining("in use");
        assertThatIllegalStateException().isThrownBy(event::markEnd);
        LoEvent other = new LoEvent();
        other.listed(Rows.of("bb", 1, null, 8));
        assertThatIllegalStateException()
                .isThrownBy(() -> event.moveFrom(other))
                .withMessageContaining("in use")
                .withMessageContaining("oid=7");
        assertThat(event.row()).isSameAs(ROW);
        assertThat(Rows.oid(other.row())).isEqualTo(8);
    }

    @Test
    void clearingFreesTheBytes() throws InterruptedException {
        event.listed(ROW);
        event.received(payload(), "ff");
        event.clear();
        assertThat(event.isEmpty()).isTrue();
        assertThat(budget.used()).isZero();
        event.clear();
        assertThat(event.isEmpty()).isTrue();
    }

    @Test
    void endMarkerIsNotEmptyAndMovesLikeAnyOther() {
        event.markEnd();
        assertThat(event.isEnd()).isTrue();
        assertThat(event.isEmpty()).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> event.listed(ROW)).withMessageContaining("end marker");
        LoEvent to = new LoEvent();
        to.moveFrom(event);
        assertThat(to.isEnd()).isTrue();
        assertThat(event.isEnd()).isFalse();
        assertThat(event.isEmpty()).isTrue();
    }

    @Test
    void weightIsTheSizeOfTheRow() {
        assertThat(event.bytes()).isZero();
        event.listed(ROW);
        assertThat(event.bytes()).isEqualTo(3);
        event.clear();
        event.markEnd();
        assertThat(event.bytes()).isZero();
    }

    private Payload payload() throws InterruptedException {
        assertThat(budget.take(3)).isTrue();
        return new Payload.InMemory(new byte[3], budget, 3);
    }
}
