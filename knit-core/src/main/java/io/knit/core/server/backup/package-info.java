/**
 * Takes a server's store and what lies beside it, gives a {@link io.knit.core.server.backup.BackupFile} of them with checksums; and takes such a file, gives its parts if it is whole.
 */
@NullMarked
package io.knit.core.server.backup;

import org.jspecify.annotations.NullMarked;
