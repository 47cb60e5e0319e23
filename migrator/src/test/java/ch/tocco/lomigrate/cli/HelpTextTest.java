package ch.tocco.lomigrate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.subcommands.Command;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Flags of a kind stand together in the help, and those that few need come last. */
final class HelpTextTest {
    private static List<String> headings(Command command) {
        return HelpText.of(command)
                .lines()
                .filter(line -> line.matches("[A-Z].*:"))
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void everyHeadingStandsOnce(Command command) {
        assertThat(headings(command)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource(value = Command.class, names = "MIGRATE")
    void whatIsRarelyNeededStandsBelowAllElse(Command command) {
        List<String> all = headings(command);
        assertThat(all.indexOf("Rarely needed:")).isEqualTo(all.indexOf("Other:") - 1);
        assertThat(HelpText.of(command).indexOf("--hook"))
                .isGreaterThan(HelpText.of(command).indexOf("Rarely needed:"));
    }
}
