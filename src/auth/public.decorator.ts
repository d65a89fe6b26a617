import { SetMetadata, type CustomDecorator } from '@nestjs/common';

export const IS_PUBLIC = 'nuvem:public';

/** A route that anyone may call, unsigned. */
export const Public = (): CustomDecorator => SetMetadata(IS_PUBLIC, true);
