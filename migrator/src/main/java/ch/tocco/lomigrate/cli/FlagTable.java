package ch.tocco.lomigrate.cli;

import static java.util.Comparator.comparingInt;
import static java.util.stream.Collectors.toCollection;

import com.beust.jcommander.Parameter;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** All flags there are, in the order of the help, and by name. Immutable. */
final class FlagTable {
    private final List<Flag> flags;
    private final Map<String, Flag> byName = new HashMap<>();

    FlagTable() {
        flags = declared();
        for (Flag flag : flags) {
            byName.put(flag.name(), flag);
            if (!flag.shortName().isEmpty()) {
                byName.put(flag.shortName(), flag);
            }
        }
    }

    /** Read from the annotations themselves: to start JCommander only for a help text would take longer than all else. */
    private static List<Flag> declared() {
        List<Flag> declared = new ArrayList<>();
        for (Field field : Flags.class.getDeclaredFields()) {
            Parameter parameter = field.getAnnotation(Parameter.class);
            if (parameter != null) {
                declared.add(Flag.of(parameter));
            }
        }
        declared.sort(comparingInt(Flag::order));
        return List.copyOf(declared);
    }

    List<Flag> all() {
        return flags;
    }

    /** The flag with this long or short name. */
    Optional<Flag> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** The long name nearest to a mistyped one. */
    Optional<String> nearestName(String mistyped) {
        return Nearest.of(mistyped, flags.stream().map(Flag::name).collect(toCollection(ArrayList::new)));
    }

    /** The environment variables that say the same as the flags. */
    SortedSet<String> variables() {
        return flags.stream().map(Flag::variable).collect(toCollection(TreeSet::new));
    }
}
