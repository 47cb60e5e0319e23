package ch.tocco.lomigrate.command;

/** A command that works: started once, by the thread that waits for its end. */
public interface Task {
    /** Works on the calling thread and returns how it ended. Never throws because of a server. */
    Outcome run() throws InterruptedException;

    /** Asks the command to end cleanly; returns at once. Any thread, any number of times, before, during or after the work. */
    void stop();
}
