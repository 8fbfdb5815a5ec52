package org.stjem.acoustic.serving;

/** The words of network faults without those of the library that met them. */
final class NetworkFault {
  /** Netty puts {@code bind(..) failed with error(-98): } before the system's own text. */
  private static final String NATIVE_CALL = "\\w+\\(\\.\\.\\) failed with error\\(-?\\d+\\): ";

  private NetworkFault() {}

  /** What the system said, such as {@code Address already in use}. */
  static String reason(Throwable fault) {
    return String.valueOf(fault.getMessage()).replaceFirst(NATIVE_CALL, "");
  }
}
