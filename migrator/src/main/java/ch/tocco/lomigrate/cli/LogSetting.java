package ch.tocco.lomigrate.cli;

import ch.tocco.lomigrate.config.RunId;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.Layout;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.ConsoleAppender;
import org.apache.logging.log4j.core.config.AbstractConfiguration;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.ConfigurationFactory;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.layout.template.json.JsonTemplateLayout;
import org.apache.logging.log4j.layout.template.json.JsonTemplateLayout.EventTemplateAdditionalField;

/**
 * What this tool logs, where to and how. It is made here and not read from a file: to read one, Log4j loads an XML parser at
 * each start. Logs go to stderr, the progress goes to stdout.
 */
final class LogSetting extends AbstractConfiguration {
    private static final String TEXT =
            "%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level [%thread] %message%notEmpty{: %ex{short.message}}%n";
    private static final String TEXT_WITH_TRACES =
            "%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level [%thread] %message%n%throwable";

    private final transient Wish wish;

    /**
     * What the flags say.
     *
     * @param level of this tool's own lines
     * @param stackTraces exceptions are logged with their stack traces instead of in one line
     * @param json each line is an object of JSON
     */
    record Wish(Level level, boolean stackTraces, boolean json) {
        /** What holds without any flag. */
        static final Wish USUAL = new Wish(Level.INFO, false, false);
    }

    private LogSetting(Wish wish) {
        super(null, ConfigurationSource.NULL_SOURCE);
        this.wish = wish;
        isShutdownHookEnabled = false; // the tool ends the logs itself, after the last line
    }

    @Override
    protected void doConfigure() {
        Appender stderr = stderr(wish.json() ? json() : text());
        addAppender(stderr);
        getRootLogger().setLevel(Level.WARN);
        getRootLogger().addAppender(stderr, null, null);
        log("ch.tocco.lomigrate", wish.level());
        log("software.amazon.awssdk", Level.ERROR); // repeats what the tool itself says after its own retries
    }

    private void log(String name, Level level) {
        addLogger(name, new LoggerConfig(name, level, true));
    }

    /** The live display puts a System.err of its own in place, so that log lines do not tear it: that is followed. */
    private Appender stderr(Layout<?> layout) {
        ConsoleAppender.Builder<?> builder = ConsoleAppender.newBuilder();
        builder.setName("stderr").setLayout(layout).setConfiguration(this);
        return builder.setTarget(ConsoleAppender.Target.SYSTEM_ERR)
                .setFollow(true)
                .build();
    }

    private Layout<?> text() {
        return PatternLayout.newBuilder()
                .setConfiguration(this)
                .setPattern(wish.stackTraces() ? TEXT_WITH_TRACES : TEXT)
                .setAlwaysWriteExceptions(false)
                .setDisableAnsi(true)
                .build();
    }

    /** The page docs/watching.md lists the fields. */
    private Layout<?> json() {
        List<EventTemplateAdditionalField> fields = new ArrayList<>();
        fields.add(field(
                "process.pid", Long.toString(ProcessHandle.current().pid()), EventTemplateAdditionalField.Format.JSON));
        fields.add(field("labels.run_id", RunId.ofThisProcess().text(), EventTemplateAdditionalField.Format.STRING));
        if (wish.stackTraces()) {
            fields.add(field(
                    "error.stack_trace",
                    "{\"$resolver\": \"exception\", \"field\": \"stackTrace\", \"stackTrace\": {\"stringified\": true}}",
                    EventTemplateAdditionalField.Format.JSON));
        }
        return JsonTemplateLayout.newBuilder()
                .setConfiguration(this)
                .setEventTemplateUri("classpath:log-line.json")
                .setEventTemplateAdditionalFields(fields.toArray(EventTemplateAdditionalField[]::new))
                .build();
    }

    private static EventTemplateAdditionalField field(
            String key, String value, EventTemplateAdditionalField.Format format) {
        return EventTemplateAdditionalField.newBuilder()
                .setKey(key)
                .setValue(value)
                .setFormat(format)
                .build();
    }

    /** Log4j asks it first ({@code log4j2.component.properties}), on the thread that logs first. */
    public static final class Factory extends ConfigurationFactory {
        @Override
        protected String[] getSupportedTypes() {
            return new String[] {"*"};
        }

        /** Null where the logs are not the tool's: where it runs within another program. */
        @Override
        public Configuration getConfiguration(LoggerContext context, String name, URI location) {
            return Logging.wish().<Configuration>map(LogSetting::new).orElse(null);
        }

        @Override
        public Configuration getConfiguration(LoggerContext context, ConfigurationSource source) {
            return null; // there is no file
        }
    }
}
