package io.knit.plugin.wgmesh;

/** The daemon did not answer as it should; the message goes on from "the wg-mesh daemon at …". */
final class MeshProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MeshProtocolException(String message) {
        super(message);
    }
}
