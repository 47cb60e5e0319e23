package ch.tocco.lomigrate.arguments;

import static java.util.Comparator.comparingInt;
import static java.util.stream.Collectors.toCollection;

import ch.tocco.lomigrate.subcommands.CommandFlags;
import ch.tocco.lomigrate.values.Converters;
import com.beust.jcommander.JCommander;
import com.beust.jcommander.ParameterDescription;
import com.beust.jcommander.ParameterException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** All flags of a command, in the order of the help, and by name; takes their values. Not thread-safe. */
public final class FlagTable {
    private final List<Flag> flags = new ArrayList<>();
    private final Map<String, Flag> byName = new HashMap<>();
    private final Map<Flag, ParameterDescription> declared = new HashMap<>();

    /** Makes the table of the flags of {@code command}, whose fields will hold the values. */
    public FlagTable(CommandFlags command) {
        for (ParameterDescription each : new JCommander(command).getParameters()) {
            Flag flag = Flag.of(
                    each.getParameterAnnotation(),
                    defaultValue(each),
                    List.class.equals(each.getParameterized().getType()));
            flags.add(flag);
            declared.put(flag, each);
            byName.put(flag.name(), flag);
            if (!flag.shortName().isEmpty()) {
                byName.put(flag.shortName(), flag);
            }
        }
        flags.sort(comparingInt(Flag::order));
    }

    /** The initial value of the field, unless the declaration describes the default in words. */
    private static String defaultValue(ParameterDescription declared) {
        String words = declared.getParameterAnnotation().defaultValueDescription();
        boolean isSwitch = declared.getParameterAnnotation().placeholder().isEmpty();
        return words.isEmpty() && !isSwitch ? Converters.text(declared).orElse("") : words;
    }

    public List<Flag> all() {
        return List.copyOf(flags);
    }

    /** The flag with this long or short name. */
    public Optional<Flag> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** Sets the field of a flag. Returns what is wrong with the value, worded to follow the flag's name, or nothing. */
    public Optional<String> set(Flag flag, String value) {
        try {
            // flag by flag, because JCommander's own parser stops at the first mistake
            declared.get(flag).addValue(value);
            return Optional.empty();
        } catch (ParameterException e) {
            return Optional.of(e.getMessage());
        }
    }

    /** The current value of the flag, written as on the command line; empty if it has none. */
    public Optional<String> value(Flag flag) {
        return Converters.text(declared.get(flag));
    }

    /** The values that the flag has now; none where it holds what it held before anything was given. */
    public List<String> values(Flag flag) {
        Object value =
                declared.get(flag).getParameterized().get(declared.get(flag).getObject());
        if (value instanceof List<?> several) {
            return several.stream().map(String::valueOf).toList();
        }
        return value == null || Boolean.FALSE.equals(value) ? List.of() : List.of(value.toString());
    }

    /** The long name nearest to a mistyped one. */
    Optional<String> nearestName(String mistyped) {
        return Nearest.of(mistyped, flags.stream().map(Flag::name).collect(toCollection(ArrayList::new)));
    }

    /** The environment variables that can replace the flags. */
    SortedSet<String> variables() {
        return flags.stream()
                .filter(flag -> !flag.repeatable())
                .map(Flag::variable)
                .collect(toCollection(TreeSet::new));
    }
}
