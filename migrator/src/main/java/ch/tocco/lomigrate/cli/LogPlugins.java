package ch.tocco.lomigrate.cli;

import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.apache.logging.log4j.core.config.plugins.processor.PluginProcessor;

/**
 * Shows Log4j only those of its plugins that lines of text need. Log4j loads the class of each plugin that it finds: some 250, to
 * use seven. TRIED.md says what that costs a start. For the thread that sets up the logs.
 */
final class LogPlugins extends ClassLoader {
    /** A list in Log4j's own form, recorded by LoggingTest. */
    static final String LIST = "log-plugins.dat";

    LogPlugins(ClassLoader parent) {
        super(parent);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        return name.equals(PluginProcessor.PLUGIN_CACHE_FILE)
                ? Collections.enumeration(List.of(getResource(LIST)))
                : super.getResources(name);
    }
}
