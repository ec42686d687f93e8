/**
 * Who speaks: an agent's key and its proof that it may join, what each may say and hear, who is connected, and the certificates of both sides.
 */
@NullMarked
package io.knit.plugin.nats.access;

import org.jspecify.annotations.NullMarked;
