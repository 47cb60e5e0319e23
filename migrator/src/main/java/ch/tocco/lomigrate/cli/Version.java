package ch.tocco.lomigrate.cli;

/** The name and version of this build. */
final class Version {
    private Version() {}

    /** Name and version, as the build wrote it into the jar. */
    static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return "lo-migrate " + (version == null ? "(unpackaged)" : version);
    }
}
