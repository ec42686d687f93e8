package io.knit.api.command;

import java.util.Objects;

/**
 * Who gives a command.
 *
 * @param name as people know it
 * @param from where from, for people: an address, or a part of this process
 */
public record Caller(String name, Role role, String from) {
    /** The program that embeds the server. */
    public static final Caller PROGRAM = new Caller("program", Role.OPERATOR, "this process");

    public Caller {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(from, "from");
    }

    /** Somebody who did not say who he is. */
    public static Caller anonymous(String from) {
        return new Caller("anonymous", Role.OPERATOR, from);
    }

    /** What a caller may. Each may all that those before it may. */
    public enum Role {
        /** Sees, and changes nothing. */
        READER,
        /** Gives every command. */
        OPERATOR
    }
}
