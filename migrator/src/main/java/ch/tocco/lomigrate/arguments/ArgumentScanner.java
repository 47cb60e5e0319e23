package ch.tocco.lomigrate.arguments;

import ch.tocco.lomigrate.arguments.Given.Origin;
import ch.tocco.lomigrate.flags.Mistakes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Separates flags, values and mistakes in one pass over the whole command line. JCommander would stop at the first
 * mistake and would strip quotes off values; here it only declares the flags and takes the values.
 */
public final class ArgumentScanner {
    /** The word behind which none is a flag of the command itself. */
    private static final String ASSIGNING = "set";

    private final FlagTable table;
    private final Mistakes mistakes;
    private final List<String> words = new ArrayList<>();
    private final boolean takesWords;
    private final Map<Flag, Given> given = new LinkedHashMap<>();
    private final Deque<String> rest = new ArrayDeque<>();
    private int fromFile;
    private String file = "";

    /** For a command that takes flags only. */
    public ArgumentScanner(FlagTable table, Mistakes mistakes) {
        this(table, mistakes, false);
    }

    /** @param takesWords the command takes words that belong to no flag, such as the name of something */
    public ArgumentScanner(FlagTable table, Mistakes mistakes, boolean takesWords) {
        this.table = table;
        this.mistakes = mistakes;
        this.takesWords = takesWords;
    }

    /** The words that belong to no flag, in their order; call it after {@link #scan}. */
    public List<String> words() {
        return List.copyOf(words);
    }

    /** The value given for each flag, in the order of the command line. */
    public Map<Flag, Given> scan(List<String> arguments) {
        rest.addAll(arguments);
        while (!rest.isEmpty()) {
            boolean inFile = fromFile > 0;
            String argument = take();
            if (takesWords && words.contains(ASSIGNING)) {
                words.add(argument); // it is the value of that word, also where it begins with a dash
            } else if (argument.startsWith("@") && argument.length() > 1 && !inFile) {
                expand(argument.substring(1));
            } else if (argument.startsWith("-") && argument.length() > 1) {
                flag(argument, inFile ? Origin.FILE : Origin.COMMAND_LINE);
            } else if (takesWords) {
                words.add(argument);
            } else {
                // not shown: it may be the second half of a secret that the shell split
                mistakes.mistake("an argument that belongs to no flag (after "
                        + given.values().stream()
                                .reduce((a, b) -> b)
                                .map(Given::label)
                                .orElse("the program name") + ")");
            }
        }
        return given;
    }

    private String take() {
        fromFile = Math.max(0, fromFile - 1);
        return rest.removeFirst();
    }

    private void expand(String name) {
        List<String> arguments = new ArgumentFile(name, this::isVerbatim, mistakes).arguments();
        for (int i = arguments.size() - 1; i >= 0; i--) {
            rest.addFirst(arguments.get(i));
        }
        fromFile = arguments.size();
        file = name;
    }

    private boolean isVerbatim(String name) {
        return table.find(name).map(Flag::isVerbatim).orElse(false);
    }

    private void flag(String argument, Origin origin) {
        int equals = argument.indexOf('=');
        String name = equals < 0 ? argument : argument.substring(0, equals);
        Optional<String> attached = equals < 0 ? Optional.empty() : Optional.of(argument.substring(equals + 1));
        Optional<Flag> flag = table.find(name);
        if (flag.isEmpty()) {
            unknown(name, attached.isPresent());
            return;
        }
        value(flag.get(), attached)
                .ifPresent(value -> put(
                        flag.get(), new Given(value, origin, flag.get().name(), origin == Origin.FILE ? file : "")));
    }

    private void unknown(String name, boolean hasValue) {
        // a lone dash, as in "-=x", does not begin a short flag
        boolean mayBeJoined = name.length() > 1 && !name.startsWith("--");
        Optional<Flag> joined = mayBeJoined ? table.find(name.substring(0, 2)) : Optional.empty();
        if (joined.isPresent()) {
            // only the flag is shown: what follows may be a secret
            mistakes.mistake("unknown flag " + joined.get().shortName() + "...: write " + usage(joined.get()));
            return;
        }
        Optional<String> secret = table.all().stream()
                .filter(flag -> flag.isSecret() && name.startsWith(flag.name()))
                .map(Flag::name)
                .findFirst();
        if (secret.isPresent()) {
            mistakes.mistake("unknown flag " + secret.get() + "...: put a blank or '=' before the value");
            return;
        }
        String meant =
                table.nearestName(name).map(n -> " (did you mean " + n + "?)").orElse("");
        mistakes.mistake("unknown flag " + name + meant);
        if (!hasValue && !rest.isEmpty() && !looksLikeFlag(rest.peekFirst())) {
            take();
        }
    }

    private static String usage(Flag flag) {
        return flag.isSwitch() ? flag.shortName() : flag.shortName() + " <" + flag.placeholder() + ">";
    }

    private Optional<String> value(Flag flag, Optional<String> attached) {
        if (flag.isSwitch()) {
            return attached.or(() -> Optional.of("true"));
        }
        if (attached.isPresent()) {
            return attached;
        }
        if (rest.isEmpty() || looksLikeFlag(rest.peekFirst())) {
            mistakes.mistake(flag.name() + " needs a value <" + flag.placeholder() + ">");
            return Optional.empty();
        }
        return Optional.of(take());
    }

    /** A negative number is a value, and so is anything with one dash that is not a flag of this command. */
    private boolean looksLikeFlag(String argument) {
        int equals = argument.indexOf('=');
        return argument.startsWith("--")
                || table.find(equals < 0 ? argument : argument.substring(0, equals))
                        .isPresent();
    }

    private void put(Flag flag, Given value) {
        Given before = given.putIfAbsent(flag, value);
        if (before == null) {
            return;
        }
        if (before.origin() != value.origin()) {
            // the command line wins over a file, wherever the file is named
            given.put(flag, before.origin() == Origin.COMMAND_LINE ? before : value);
        } else if (flag.repeatable()) {
            given.put(flag, before.and(value));
        } else {
            mistakes.mistake(flag.name() + " is given more than once");
        }
    }
}
