package io.knit.api.model;

/**
 * How much of a node is set aside.
 *
 * @param cpu thousandths of a core
 * @param memory bytes
 * @param gpus whole ones
 */
public record Reservation(int cpu, long memory, int gpus) {
    public static final Reservation NONE = new Reservation(0, 0, 0);

    /**
     * What a node keeps for itself unless its agent says otherwise: a tenth of a core and 256 MiB, about what an idle system, its container
     * engine and an agent take.
     */
    public static final Reservation OF_HOST = new Reservation(100, 256L << 20, 0);

    public Reservation plus(Reservation other) {
        return other.isNone() ? this : new Reservation(cpu + other.cpu, memory + other.memory, gpus + other.gpus);
    }

    /** May be negative, where more was set aside than there is. */
    public Reservation minus(Reservation other) {
        return other.isNone() ? this : new Reservation(cpu - other.cpu, memory - other.memory, gpus - other.gpus);
    }

    /** By how much this is more than the other, of each. */
    public Reservation over(Reservation other) {
        return new Reservation(
                Math.max(0, cpu - other.cpu), Math.max(0, memory - other.memory), Math.max(0, gpus - other.gpus));
    }

    public boolean isNone() {
        return cpu == 0 && memory == 0 && gpus == 0;
    }

    /** Whether this much is there for what asks so much; what it asks nothing of may lack. */
    public boolean covers(Reservation asked) {
        return (asked.cpu == 0 || cpu >= asked.cpu)
                && (asked.memory == 0 || memory >= asked.memory)
                && (asked.gpus == 0 || gpus >= asked.gpus);
    }
}
