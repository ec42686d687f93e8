package io.knit.plugin.wgmesh;

/**
 * How many peers the daemon knows.
 *
 * @param active seen of late: those that {@link WgMeshClient#peers} gives
 * @param dead not seen of late
 */
public record PeerCount(long active, long total, long dead) {}
