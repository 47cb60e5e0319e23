package ch.tocco.lomigrate.control;

import static java.util.stream.Collectors.joining;

import java.util.Locale;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Does what a request to a run asks for, logs what that changes, and answers. */
final class Dialogue {
    private static final Logger LOG = LogManager.getLogger(Dialogue.class);

    private final Steered run;

    Dialogue(Steered run) {
        this.run = run;
    }

    /**
     * Answers a request.
     *
     * @param request {@code status}, {@code pause}, {@code resume}, {@code stop} or {@code set FLAG=VALUE}
     * @param by the name of the user who asks
     */
    Answer answer(String request, String by) {
        String[] words = request.strip().split("\\s+", 2);
        boolean alone = words.length == 1;
        if (words[0].equals("set") && !alone) {
            return set(words[1], by);
        }
        return switch (alone ? words[0] : "") {
            case "status" -> new Answer(true, status());
            case "pause" -> pause(by);
            case "resume" -> resume(by);
            case "stop" -> stop(by);
            default -> new Answer(false, "not understood: it takes status, pause, resume, set FLAG=VALUE or stop");
        };
    }

    private String status() {
        String settings = run.settings().stream()
                .map(setting -> String.format(
                        Locale.ROOT,
                        "    %-18s %s",
                        setting.flag(),
                        setting.value().get()))
                .collect(joining("\n"));
        return run.status() + "\nSettings that lo-migrate control changes:\n" + settings;
    }

    private Answer pause(String by) {
        run.pause("by lo-migrate control pause of user " + by);
        return new Answer(true, "paused; what has begun is finished and committed");
    }

    private Answer resume(String by) {
        LOG.info("lo-migrate control resume of user {}", by);
        run.resume();
        return new Answer(true, run.waiting().map(reason -> "still " + reason).orElse("goes on"));
    }

    private Answer stop(String by) {
        LOG.info("stopping: lo-migrate control stop of user {}; the run commits what is stored", by);
        run.stop();
        return new Answer(true, "stopping; the run commits what is stored");
    }

    private Answer set(String assignment, String by) {
        int equals = assignment.indexOf('=');
        String name = equals < 0 ? assignment : assignment.substring(0, equals);
        String flag = name.startsWith("--") ? name : "--" + name;
        Optional<Setting> setting =
                run.settings().stream().filter(each -> each.flag().equals(flag)).findFirst();
        if (setting.isEmpty() || equals < 0) {
            return new Answer(
                    false,
                    "write FLAG=VALUE with one of "
                            + run.settings().stream().map(Setting::flag).collect(joining(", ")));
        }
        return change(setting.get(), assignment.substring(equals + 1).strip(), by);
    }

    private static Answer change(Setting setting, String value, String by) {
        String before = setting.value().get();
        try {
            setting.change().accept(value);
        } catch (IllegalArgumentException e) {
            return new Answer(false, setting.flag() + " " + e.getMessage());
        }
        String now = setting.value().get();
        LOG.info("{} is {} now, was {}: lo-migrate control set of user {}", setting.flag(), now, before, by);
        return new Answer(true, setting.flag() + " is " + now + " now, was " + before);
    }
}
