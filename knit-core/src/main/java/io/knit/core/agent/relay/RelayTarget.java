package io.knit.core.agent.relay;

/**
 * Where a connection goes.
 *
 * @param address of its container
 * @param proxyProtocol whether it is told who connects
 */
public record RelayTarget(String instance, String address, int port, boolean proxyProtocol) {}
