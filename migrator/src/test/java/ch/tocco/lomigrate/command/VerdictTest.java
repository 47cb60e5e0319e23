package ch.tocco.lomigrate.command;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunControl;
import org.junit.jupiter.api.Test;

/** What a run is said to have ended with, where no server has to be asked for it. */
final class VerdictTest {
    private final RunControl control = new RunControl();
    private final Counters counters = new Counters();

    private Outcome verdict() throws Exception {
        return new Verdict(null, null, null, control).on(counters);
    }

    @Test
    void runWhoseBooksDoNotBalanceHasFailedHoweverItEnded() throws Exception {
        counters.observed().done(10);
        assertThat(verdict().kind()).isEqualTo(Outcome.Kind.ABORTED);
        control.stop();
        assertThat(verdict().kind()).isEqualTo(Outcome.Kind.ABORTED);
        assertThat(verdict().message()).contains("books", "1 objects were listed, 0 are settled");
    }

    @Test
    void imbalanceDoesNotHideWhyTheRunEnded() throws Exception {
        counters.observed().done(10);
        control.abort(new RunAborted(RunAborted.Kind.FAULT, "store: 403", null));
        assertThat(verdict().message()).contains("books").endsWith("the run had ended because of: store: 403");
        assertThat(verdict().cause()).isPresent();
    }

    @Test
    void stoppedRunSaysSo() throws Exception {
        counters.observed().done(10);
        counters.discarded();
        control.stop();
        assertThat(verdict().kind()).isEqualTo(Outcome.Kind.STOPPED);
    }

    @Test
    void outageDiffersFromOtherAborts() throws Exception {
        control.abort(new RunAborted(RunAborted.Kind.OUTAGE, "the store was away", null));
        assertThat(verdict().kind()).isEqualTo(Outcome.Kind.OUTAGE);
        assertThat(verdict().message()).isEqualTo("the store was away");
    }

    @Test
    void abortSaysWhy() throws Exception {
        control.abort(new RunAborted(RunAborted.Kind.FAULT, "store: 403", null));
        assertThat(verdict())
                .extracting(Outcome::kind, Outcome::message)
                .containsExactly(Outcome.Kind.ABORTED, "store: 403");
    }
}
