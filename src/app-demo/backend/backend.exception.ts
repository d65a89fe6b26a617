import { HttpException } from '@nestjs/common';

/** How a request failed, as its browser is told. */
export interface Failure {
  status: number;
  code: string;
  text: string;
  /** What is wrong with which field; told to who asks for JSON. */
  errors?: { field: string; message: string }[];
}

/** A failure that this backend names itself. */
export class BackendException extends HttpException {
  constructor(readonly failure: Failure) {
    super(failure.text, failure.status);
  }
}
