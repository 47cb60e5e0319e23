package ch.tocco.lomigrate.cli;

/** Which build this is. */
final class Version {
    private Version() {}

    /** Name and version, as the build wrote it into the jar. */
    static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return "lo-migrate " + (version == null ? "(unpackaged)" : version);
    }
}
