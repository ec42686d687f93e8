package io.knit.api.model;

/**
 * What an instance may take of its node, and what is kept free for it there.
 *
 * @param pids most processes and threads at once, so that a program that forks without end takes no host down; 1 or more,
 *     {@link #UNLIMITED}, or 0 for {@link #DEFAULT_PIDS}
 * @param cpu thousandths of a core: so much is reserved, and it gets no more; 0: nothing is reserved, and there is no limit
 * @param memory bytes that are reserved, and without {@code memoryMax} the limit; 0: nothing is reserved
 * @param memoryMax bytes that it gets at most; 0: as much as is reserved, or if nothing is, as much as there is
 * @param gpus how many are its own
 */
public record Resources(int pids, int cpu, long memory, long memoryMax, int gpus) {
    /** More than a large JVM needs, and far from what a host has. */
    public static final int DEFAULT_PIDS = 4096;

    public static final int UNLIMITED = -1;

    /** What a spec has that says nothing of it. */
    public static final Resources DEFAULT = new Resources(DEFAULT_PIDS);

    public Resources {
        if (pids == 0) {
            pids = DEFAULT_PIDS;
        }
    }

    /** Without a reservation, and without another limit. */
    public Resources(int pids) {
        this(pids, 0, 0, 0, 0);
    }

    /** The same with so many thousandths of a core. */
    public Resources withCpu(int thousandths) {
        return new Resources(pids, thousandths, memory, memoryMax, gpus);
    }

    /** The same with so many bytes reserved. */
    public Resources withMemory(long bytes) {
        return new Resources(pids, cpu, bytes, memoryMax, gpus);
    }

    /** The same with so many bytes at most. */
    public Resources withMemoryMax(long bytes) {
        return new Resources(pids, cpu, memory, bytes, gpus);
    }

    /** The same with so many accelerators. */
    public Resources withGpus(int number) {
        return new Resources(pids, cpu, memory, memoryMax, number);
    }

    /** What is set aside for an instance on its node. */
    public Reservation reserved() {
        return cpu == 0 && memory == 0 && gpus == 0 ? Reservation.NONE : new Reservation(cpu, memory, gpus);
    }

    /** Bytes that it gets at most; 0: there is no limit. */
    public long memoryLimit() {
        return memoryMax == 0 ? memory : memoryMax;
    }
}
