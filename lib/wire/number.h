/* Numbers as text. */
#ifndef WIRE_NUMBER_H
#define WIRE_NUMBER_H

#define NUMBER_TEXT 32

/*
 * @value with 15 digits when that reads back as the same double, else with 17; always with a
 * point, whatever the locale: "1.0", "1.0e+300", "0.1"; "NaN", "Infinity", "-Infinity".
 * Returns @buf.
 */
char *gcoap__double_format(double value, char buf[NUMBER_TEXT]);

#endif
