package ch.tocco.lomigrate.control;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A run that writes down what it is asked for. Thread-safe. */
final class FakeRun implements Steered {
    final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile String rate = "off";

    @Override
    public String status() {
        asked.add("status");
        return "half-way";
    }

    @Override
    public void pause(String reason) {
        asked.add("pause " + reason);
    }

    @Override
    public void resume() {
        asked.add("resume");
    }

    @Override
    public Optional<String> waiting() {
        return Optional.of("paused since 3 s: the moon is full");
    }

    @Override
    public void stop() {
        asked.add("stop");
    }

    @Override
    public List<Setting> settings() {
        List<Setting> all = new ArrayList<>();
        all.add(new Setting("--max-rate", () -> rate, value -> {
            if (value.equals("much")) {
                throw new IllegalArgumentException("must be a number, not 'much'");
            }
            rate = value;
        }));
        return all;
    }
}
