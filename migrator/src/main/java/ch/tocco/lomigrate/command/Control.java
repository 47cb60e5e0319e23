package ch.tocco.lomigrate.command;

import ch.tocco.lomigrate.command.Outcome.Kind;
import ch.tocco.lomigrate.control.Answer;
import ch.tocco.lomigrate.control.ControlClient;
import ch.tocco.lomigrate.control.ControlClient.Run;
import ch.tocco.lomigrate.control.ControlRequest;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Asks runs of this machine for something, and shows what they answer. Used once. */
public final class Control implements Task {
    private final ControlRequest request;
    private final PrintStream out;

    public Control(ControlRequest request, PrintStream out) {
        this.request = request;
        this.out = out;
    }

    @Override
    public Outcome run() {
        ControlClient client = new ControlClient(request.places());
        List<Run> runs;
        try {
            runs = client.runs(request.process());
        } catch (IOException e) {
            return new Outcome(Kind.REFUSED, "runs cannot be looked for: " + e.getMessage(), e);
        }
        if (runs.isEmpty()) {
            return new Outcome(Kind.REFUSED, "no run " + whose() + " listens; looked into " + client.looked());
        }
        if (runs.size() > 1 && !request.all()) {
            return new Outcome(
                    Kind.REFUSED,
                    "several runs go on: " + runs.stream().map(Run::process).toList()
                            + "; name one before the request, or give --all");
        }
        return ask(client, runs);
    }

    private String whose() {
        return request.process().isPresent()
                ? "with the process id " + request.process().getAsLong()
                : "of this user";
    }

    private Outcome ask(ControlClient client, List<Run> runs) {
        List<String> refusals = new ArrayList<>();
        for (Run run : runs) {
            Answer answer = client.ask(run, request.words());
            if (answer.done()) {
                out.println(runs.size() > 1 ? run.process() + ": " + answer.words() : answer.words());
            } else {
                refusals.add("run " + run.process() + ": " + answer.words());
            }
        }
        return new Outcome(refusals.isEmpty() ? Kind.ALL_MIGRATED : Kind.REFUSED, String.join("\n", refusals));
    }

    /** An answer comes within seconds: there is nothing to end. */
    @Override
    public void stop() {}
}
