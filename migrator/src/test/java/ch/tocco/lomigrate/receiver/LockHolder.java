package ch.tocco.lomigrate.receiver;

import java.nio.file.Path;

/** A process of its own that has a spill directory until its standard input ends. */
final class LockHolder {
    private LockHolder() {}

    /** Argument: the directory below which the spill directory goes. */
    public static void main(String[] args) throws Exception {
        try (var directory = SpillDir.create(Path.of(args[0]))) {
            directory.newFile().close();
            System.out.println("ready");
            while (System.in.read() >= 0) {}
        }
    }
}
